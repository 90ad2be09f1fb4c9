"""The same form from many threads at the same moment."""

import threading

from tests.page_client import SAME_ORIGIN


def at_once(client, path, data, *, times):
    """The same POST from as many threads, each with the same cookies, all let go at the same moment."""
    cookies = {cookie.key: cookie.value for cookie in client.browser._cookies.values()}
    gate, replies = threading.Barrier(times), []

    def post():
        browser = client.app.test_client()
        for name, value in cookies.items():
            browser.set_cookie(name, value)
        gate.wait()
        try:
            reply = browser.post(path, data=data, headers=SAME_ORIGIN)
            replies.append((reply.status_code, reply.headers.get("Location", "")))
        except Exception as error:
            replies.append((500, type(error).__name__))

    threads = [threading.Thread(target=post) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies
