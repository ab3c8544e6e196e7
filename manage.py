#!/usr/bin/env python
"""Django's command line for the SoftNLabs privacy portal."""

import os
import sys

from django.core.management import execute_from_command_line

from softnlabs import secrets

if __name__ == "__main__":
    if sys.argv[1:] == ["make_keys"]:  # no command of Django's: those start only where the keys are there
        sys.stdout.writelines(f"{name}={key}\n" for name, key in secrets.fresh_keys())
        sys.stdout.write(f"DKIM_PRIVATE_KEY={secrets.fresh_mail_key()}\n")
        sys.exit()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softnlabs.settings")
    execute_from_command_line(sys.argv)
