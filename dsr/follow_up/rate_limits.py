"""How often one person, or one mailbox, may make us send mail, and how often a code may be tried.

Too many attempts from one network are answered as such. For one mailbox they are not: the page stays the same, so that
nobody learns by trying whether somebody else has asked. The form is kept, and its link is mailed later. Whoever
types a code too often only has to wait: the package, its code and the link stay as they are.
"""

from datetime import timedelta

from privacy.web.rate_limits import RateLimit

HOUR = timedelta(hours=1)
SUBMISSIONS_OF_CLIENT = RateLimit("dsr.submission.client", 20, HOUR)
SUBMISSIONS_OF_MAILBOX = RateLimit("dsr.submission.mailbox", 5, HOUR)
# Links that had to wait, and reminders: one message a day tells of all of them.
UNCONFIRMED_OF_MAILBOX = RateLimit("dsr.unconfirmed.mailbox", 1, timedelta(days=1))
UPLOADS_OF_CLIENT = RateLimit("dsr.upload.client", 40, HOUR)  # each costs an examination
MESSAGES_OF_CLIENT = RateLimit("dsr.message.client", 20, HOUR)  # each makes a mail to the controller
LINKS_OF_CLIENT = RateLimit("dsr.link.client", 20, HOUR)
LINKS_OF_REQUEST = RateLimit("dsr.link.request", 5, HOUR)
CODES_OF_PACKAGE = RateLimit("dsr.code.package", 10, HOUR)  # right ones count too
