"""Checks a soft copy (bản mềm) with pyHanko, without the portal.

    python check_soft_copy.py ROOT.pem FILE.pdf

ROOT.pem is the certificate of the authority that the signer's certificate comes from. Prints what was found as JSON;
exit code 0: signed by a signer below that root, certified, and nothing was changed or added since.
"""

import json
import sys

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext


def main(root, path):
    with open(path, "rb") as file:
        reader = PdfFileReader(file)
        (signature,) = reader.embedded_signatures
        # revocation_mode "soft-fail": the authority of a demonstration publishes no lists.
        context = ValidationContext(trust_roots=[load_cert_from_pemder(root)], allow_fetching=False)
        status = validate_pdf_signature(signature, context)
        found = {
            "intact": status.intact,
            "valid": status.valid,
            "trusted": status.trusted,
            "whole_file": status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
            "unmodified": status.modification_level == ModificationLevel.NONE,
            "certified": signature.docmdp_level == MDPPerm.NO_CHANGES,
            "profile": str(signature.sig_object["/SubFilter"]),
            "algorithm": status.pkcs7_signature_mechanism,
            "signed_by": status.signing_cert.subject.native.get("common_name"),
            "signed_at": status.signer_reported_dt.isoformat(),
        }
    print(json.dumps(found, ensure_ascii=False, indent=1))
    checks = ("intact", "valid", "trusted", "whole_file", "unmodified", "certified")
    return all(found[check] for check in checks)


if __name__ == "__main__":
    try:
        sys.exit(0 if main(*sys.argv[1:]) else 1)
    except Exception as fault:  # whatever a hostile file brings up
        sys.exit(f"not a copy: {type(fault).__name__}: {fault}")
