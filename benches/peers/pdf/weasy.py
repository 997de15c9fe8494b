"""Processor milliseconds that WeasyPrint takes for a PDF, in turns of the pages: weasy.py PDF COUNT PAGE.html…"""

import sys
import time

from weasyprint import HTML


def main(pdf, count, pages):
    def write(page):
        HTML(filename=page).write_pdf(pdf, pdf_variant="pdf/a-3a")

    write(pages[0])
    before = time.process_time()
    for i in range(count):
        write(pages[i % len(pages)])
    print((time.process_time() - before) * 1000 / count)


main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
