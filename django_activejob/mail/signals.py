"""What happens to mail, as Django signals; sent as those of jobs are.

The sender is the mailer class.

==================== =================================================================
signal               carries
==================== =================================================================
mail_processed       mailer (its message may be None), args, kwargs, seconds
mail_delivered       mailer (its ``perform_deliveries`` says whether it was to be sent),
                     message, sent (how many: 1 or 0), error (or None), seconds
==================== =================================================================
"""

from __future__ import annotations

from django.dispatch import Signal

mail_processed = Signal()
mail_delivered = Signal()
