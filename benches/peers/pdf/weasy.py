"""Processor milliseconds that WeasyPrint takes for a PDF of a page: weasy.py PAGE.html PDF COUNT."""

import sys
import time

from weasyprint import HTML


def main(page, pdf, count):
    HTML(filename=page).write_pdf(pdf, pdf_variant="pdf/a-3a")
    before = time.process_time()
    for _ in range(count):
        HTML(filename=page).write_pdf(pdf, pdf_variant="pdf/a-3a")
    print((time.process_time() - before) * 1000 / count)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
