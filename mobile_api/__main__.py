"""`python -m mobile_api`: print the API's document as it is checked in."""

import json
import sys

from mobile_api.openapi import document
from mobile_api.surface import doors

if __name__ == "__main__":
    text = json.dumps(document(doors()), ensure_ascii=False, indent=2, sort_keys=True)
    sys.stdout.write(f"{text}\n")
