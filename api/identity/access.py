"""Who may do what: one table of action, roles and reason; and which objects a role sees at all.

An object that somebody may not see is answered as one that isn't there (404). One that may be seen but not changed so
is refused with the table's reason (403).
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.words import message

ORIGIN, DESTINATION = "origin_ministry", "destination_ministry"
EMPLOYER, PLANNER, AUDITOR, ADMINISTRATOR = "employer", "planner", "auditor", "administrator"
ROLES = (ORIGIN, DESTINATION, EMPLOYER, PLANNER, AUDITOR, ADMINISTRATOR)
MINISTRIES = frozenset({ORIGIN, DESTINATION})
READERS = MINISTRIES | {PLANNER, AUDITOR}


# What is open to who must set a password first.
BEFORE_PASSWORD = ("session.own", "password.own")
# What is open to who must set up a second factor first.
BEFORE_SECOND_FACTOR = (*BEFORE_PASSWORD, "second_factor.own")
# What a key can't do, whatever its scope: make another that outlives it, or take the account over.
# Or have events sent somewhere when it is good no longer.
SESSION_ALONE = ("password.own", "key.own", "second_factor.own", "webhook.write")


@dataclass(frozen=True)
class Grant:
    """The roles that may do something, and what the others are told."""

    roles: frozenset[str]
    reason: str


@dataclass(frozen=True)
class Principal:
    """Who asks: an account with its role; ``country`` for ministries, ``employer_id`` for employers.

    ``scope`` are the actions of an API key (None: all of the role); ``must_set_password`` holds for who came in with a
    password that somebody else chose, ``must_set_up_second_factor`` for who needs one and came in without.
    """

    account_id: str
    role: str
    country: str
    employer_id: str
    session_id: str = ""
    scope: frozenset[str] | None = None
    must_set_password: bool = False
    must_set_up_second_factor: bool = False

    @property
    def has_tenant(self) -> bool:
        """Whether whom this account acts for is known: a ministry's state, an employer's id; others need neither."""
        if self.role in MINISTRIES:
            return bool(self.country)
        return bool(self.employer_id) if self.role == EMPLOYER else self.role in ROLES

    def may(self, action: str) -> bool:
        """Whether the table allows the action to this role, and these credentials hold it."""
        return not self.reason_against(action)

    def reason_against(self, action: str) -> str:
        """Why this may not be done, '' where it may."""
        if self.role not in GRANTS[action].roles:
            return GRANTS[action].reason
        if self.must_set_password and action not in BEFORE_PASSWORD:
            return message("Somebody else chose this password; set your own first: PUT /v1/me/password.")
        if self.must_set_up_second_factor and action not in BEFORE_SECOND_FACTOR:
            return message("This account needs a second factor; set it up first: POST /v1/me/second-factor.")
        if not self.session_id and action in SESSION_ALONE:
            return message("This is done in a session, never by an API key.")
        if self.scope is not None and action not in self.scope:
            return message("The scope of this API key doesn't hold {action}.", action=action)
        return ""


def _grant(reason: str, *roles: str) -> Grant:
    return Grant(frozenset(roles), reason)


GRANTS: dict[str, Grant] = {
    "programme.read": Grant(frozenset(ROLES), message("Everybody who takes part in a programme may read what it is.")),
    "programme.create": _grant(message("Programmes are made by ministries."), *MINISTRIES),
    "programme.change": _grant(message("A programme is changed by the ministry that owns it."), *MINISTRIES),
    "agreement.read": _grant(message("Administrators manage accounts, not programmes."), *READERS, EMPLOYER),
    "agreement.write": _grant(message("Agreements are written by the ministries of their states."), *MINISTRIES),
    "register.read": _grant(message("Administrators manage accounts, not registers."), *READERS, EMPLOYER),
    "register.write": _grant(
        message("Registers are kept by ministries; employers name whom they recall."), *MINISTRIES, EMPLOYER
    ),
    "worker.read": _grant(message("Administrators manage accounts, not workers."), *READERS, EMPLOYER),
    "worker.change": _grant(message("Workers are registered by the ministry of their own state."), ORIGIN),
    "worker.identify": _grant(
        message("Register numbers are looked up by the ministry of the person's own state."), ORIGIN
    ),
    "worker.export": _grant(
        message("A person's data are handed out by the ministry of the person's own state."), ORIGIN
    ),
    "worker.erase": _grant(message("A person is erased by the ministry of the person's own state."), ORIGIN),
    "order.read": _grant(message("Administrators manage accounts, not orders."), *READERS, EMPLOYER),
    "order.file": _grant(
        message("Orders are filed by employers, or for them by the ministry of destination."), EMPLOYER, DESTINATION
    ),
    "order.upload": _grant(
        message("Orders are filed by employers and the ministry of destination, as drafts by who owns the programme."),
        EMPLOYER,
        *MINISTRIES,
    ),
    "order.check": _grant(
        message("Orders are checked by those who file them, and by ministries."), *MINISTRIES, EMPLOYER
    ),
    "order.certify": _grant(message("Orders are certified by the ministry of destination."), DESTINATION),
    "run.read": _grant(message("Runs are seen by ministries, planners and auditors."), *READERS),
    "run.start": _grant(message("Runs are started by ministries and planners."), *MINISTRIES, PLANNER),
    "run.cancel": _grant(message("Runs are cancelled by those who start them."), *MINISTRIES, PLANNER),
    "run.replay": _grant(message("Runs are seen by ministries, planners and auditors."), *READERS),
    "experiment.read": _grant(message("Experiments are seen by ministries, planners and auditors."), *READERS),
    "experiment.write": _grant(message("Experiments are kept by ministries and planners."), *MINISTRIES, PLANNER),
    "queue.read": _grant(message("The queue of all runs is seen by administrators."), ADMINISTRATOR),
    "queue.cancel": _grant(message("Runs of others are cancelled by administrators."), ADMINISTRATOR),
    "plan.publish": _grant(message("Plans are published by ministries; a planner's plan is a what-if."), *MINISTRIES),
    "operation.read": _grant(
        message("Operations are seen by ministries, employers and auditors."), *MINISTRIES, EMPLOYER, AUDITOR
    ),
    "operation.move": _grant(message("Operations are recorded by the two ministries."), *MINISTRIES),
    "webhook.read": _grant(
        message("Webhooks are seen by their ministries, auditors and administrators."),
        *MINISTRIES,
        AUDITOR,
        ADMINISTRATOR,
    ),
    "webhook.write": _grant(message("Webhooks are made by ministries, each for itself."), *MINISTRIES),
    "webhook.stop": _grant(
        message("Webhooks are paused and removed by their ministries and by administrators."),
        *MINISTRIES,
        ADMINISTRATOR,
    ),
    "account.read": _grant(message("Accounts are seen by administrators and auditors."), ADMINISTRATOR, AUDITOR),
    "account.write": _grant(message("Accounts are managed by administrators."), ADMINISTRATOR),
    "session.own": Grant(frozenset(ROLES), message("Everybody reads who he or she is, and ends the session.")),
    "password.own": Grant(frozenset(ROLES), message("Everybody sets his or her own password.")),
    "second_factor.own": Grant(frozenset(ROLES), message("Everybody sets up his or her own second factor.")),
    "key.own": Grant(frozenset(ROLES), message("Everybody manages his or her own API keys.")),
    "audit.read": _grant(message("The audit log is read by auditors and administrators."), AUDITOR, ADMINISTRATOR),
}


def scope_of_key(role: str, asked: list[str]) -> list[str] | None:
    """The actions that a key of a role is made for: names of actions, or ``read`` for all that only read; None for an
    empty list, which means all that the role may. Raises ValueError for what isn't an action of the role.
    """
    own = {action for action, grant in GRANTS.items() if role in grant.roles} - set(SESSION_ALONE)
    reading = {action for action in own if action.endswith(".read")}
    wrong = sorted(set(asked) - own - {"read"})
    if wrong:
        raise ValueError(", ".join(wrong))
    chosen = (set(asked) & own) | (reading if "read" in asked else set())
    return sorted({*chosen, "session.own"}) if asked else None
