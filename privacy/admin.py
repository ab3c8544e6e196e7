"""Django discovers admin pages here; each package registers its own."""

import privacy.access.admin
import privacy.audit.admin
import privacy.audit.admin_base
import privacy.breaches.admin
import privacy.companies.admin
import privacy.mail.admin
import privacy.oversight.admin
import privacy.policy.admin
import privacy.promises.admin
import privacy.recipients.disclosures_admin
import privacy.recipients.processors_admin
import privacy.register.admin
import privacy.retention.admin
import privacy.rights.admin
import privacy.seals.admin
import privacy.security.admin
import privacy.subscriptions.admin
import privacy.visits.admin  # noqa: F401
