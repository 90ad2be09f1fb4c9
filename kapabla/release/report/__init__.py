"""The evaluation report of one release (R11): blocks of text and tables, written as HTML and as a tagged PDF, each in
Swedish and English. Every number is a figure of `analysis.evaluation` that has passed `release.disclosure`."""

from kapabla.release.report.content import Course, Described, report_of
from kapabla.release.report.html import as_html
from kapabla.release.report.pdf import as_pdf
from kapabla.release.report.protected import Protected

__all__ = ["Course", "Described", "Protected", "as_html", "as_pdf", "report_of"]
