"""Headers of every reply: no-store unless chosen otherwise, a closed policy, nothing about where one came from."""

from flask import Flask, Response, request

from kapabla.web.assets import Assets

CACHE_IMMUTABLE = "public, max-age=31536000, immutable"

_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone",
        "midi", "payment", "usb", "browsing-topics",
    )
)  # fmt: skip


def content_policy(css_hash: str, *, figures: bool = False) -> str:
    """No inline script anywhere; one hashed style on entry pages; nothing from another origin (S12)."""
    images = "img-src 'self' data:" if figures else "img-src 'self'"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' '{css_hash}'",
            images,
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def init_app(app: Flask, assets: Assets, *, secure: bool) -> None:
    policy = content_policy(assets.css_csp_hash)
    fixed = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": _PERMISSIONS,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if secure:
        fixed["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        if request.blueprint != "public":
            response.headers["X-Robots-Tag"] = "noindex"
        return response
