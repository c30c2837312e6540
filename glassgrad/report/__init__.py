"""`write_report`: one run as one page, in words and pictures, that needs nothing else to be read.

facts.py, scores.py and example.py compute what there is to say, pictures.py draws it, and
template.html.j2 and style.css say it.
"""

from glassgrad.report.page import write_report

__all__ = ["write_report"]
