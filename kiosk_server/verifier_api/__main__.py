"""`python -m kiosk_server.verifier_api`: print the API's document as it is checked in."""

import json
import sys

from kiosk_server.verifier_api.surface import document

if __name__ == "__main__":
    text = json.dumps(document(), ensure_ascii=False, indent=2, sort_keys=True)
    sys.stdout.write(f"{text}\n")
