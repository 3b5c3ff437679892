"""Why something was refused: stable codes, a sentence for a person, whether a retry can help.

A code is a promise: clients switch on it, so it is never renamed and never reused. The sentence is
for people without a translation; the web client has its own for each code in each language.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from msgspec import Meta

from contracts.base import Message


@dataclass(frozen=True)
class Spec:
    """What a code stands for. `status` is its HTTP status (RFC 9110) where it leaves by HTTP."""

    code: str
    status: int
    retryable: bool
    sentence: str


class Code(Enum):
    """Every code there is."""

    # The request itself
    MALFORMED = Spec("request.malformed", 400, False, "That was not a well-formed message.")
    UNKNOWN = Spec("request.unknown", 400, False, "This server does not know that kind of request.")
    INVALID = Spec("request.invalid", 422, False, "A field of the request is not valid.")
    TOO_LARGE = Spec("request.too_large", 413, False, "That message is too large.")
    NOT_GREETED = Spec("request.not_greeted", 400, False, "Say hello first.")
    FORBIDDEN = Spec("request.forbidden", 403, False, "You may not do that.")
    RATE_LIMITED = Spec("request.rate_limited", 429, True, "You are going too fast.")
    CONFLICT = Spec("request.conflict", 409, True, "Someone changed this at the same moment.")
    TIMEOUT = Spec("request.timeout", 504, True, "The server took too long to answer.")
    UNAVAILABLE = Spec("request.unavailable", 503, True, "This part of the server is away for now.")
    INTERNAL = Spec("request.internal", 500, True, "Something went wrong on our side.")

    # Who you are
    SIGN_IN_REQUIRED = Spec("auth.required", 401, False, "Sign in to do that.")
    TOKEN_INVALID = Spec("auth.token_invalid", 401, False, "Your sign-in is not valid any more.")
    TOKEN_EXPIRED = Spec("auth.token_expired", 401, True, "Your sign-in has expired.")
    REVOKED = Spec("auth.revoked", 401, False, "This device was signed out.")
    WRONG_CREDENTIALS = Spec("auth.wrong_credentials", 401, False, "Name or password is wrong.")
    THROTTLED = Spec("auth.throttled", 429, True, "Too many attempts. Wait a little.")
    NAME_TAKEN = Spec("auth.name_taken", 409, False, "That name is taken.")
    NAME_INVALID = Spec("auth.name_invalid", 422, False, "That name can't be used.")
    PASSWORD_WEAK = Spec("auth.password_weak", 422, False, "That password is too easy to guess.")
    PASSWORD_LENGTH = Spec(
        "auth.password_length", 422, False, "A password has 8 to 256 characters."
    )
    REFRESH_REUSED = Spec(
        "auth.refresh_reused", 401, False, "This sign-in was used twice and has been ended."
    )
    DEVICE_UNKNOWN = Spec("auth.device_unknown", 404, False, "No such device.")
    USER_UNKNOWN = Spec("auth.user_unknown", 404, False, "No such person.")
    AVATAR_INVALID = Spec(
        "auth.avatar_invalid", 422, False, "Use a PNG, JPEG or WebP picture of at most 64 KiB."
    )
    GUEST_FORBIDDEN = Spec("auth.guest_forbidden", 403, False, "Guests can't do that.")

    # Rooms
    ROOM_UNKNOWN = Spec("rooms.unknown", 404, False, "There is no such room.")
    NOT_MEMBER = Spec("rooms.not_member", 403, False, "You are not in this room.")
    MEMBER_UNKNOWN = Spec("rooms.member_unknown", 404, False, "That person is not in this room.")
    ROOM_FULL = Spec("rooms.full", 409, True, "This room is full.")
    BANNED = Spec("rooms.banned", 403, False, "You are banned from this room.")
    MUTED = Spec("rooms.muted", 403, True, "You are muted in this room.")
    ROLE_TOO_LOW = Spec("rooms.role_too_low", 403, False, "Your role does not allow that.")
    OWNER_STAYS = Spec("rooms.owner_stays", 409, False, "Hand the room over before you leave it.")
    ROOM_PRIVATE = Spec("rooms.private", 403, False, "You need an invitation to this room.")
    INVITE_INVALID = Spec("rooms.invite_invalid", 404, False, "This invitation does not work.")
    INVITE_EXPIRED = Spec("rooms.invite_expired", 410, False, "This invitation has expired.")
    TOO_MANY_INVITES = Spec(
        "rooms.too_many_invites",
        409,
        False,
        "This room has as many invitations as it can. Revoke one.",
    )
    ROOM_NAME_INVALID = Spec(
        "rooms.name_invalid", 422, False, "A room's name has 1 to 80 characters."
    )
    TOO_MANY_ROOMS = Spec("rooms.too_many", 409, False, "You are in as many rooms as you can be.")
    CAPACITY_TOO_LOW = Spec(
        "rooms.capacity_too_low", 409, False, "More people than that are in the room already."
    )

    # Chat
    EMPTY = Spec("chat.empty", 422, False, "There is nothing to send.")
    TOO_LONG = Spec("chat.too_long", 422, False, "A message has at most 4,000 characters.")
    NOT_YOURS = Spec("chat.not_yours", 403, False, "That message is someone else's.")
    ENTRY_UNKNOWN = Spec("chat.entry_unknown", 404, False, "That message does not exist.")
    ENTRY_DELETED = Spec("chat.entry_deleted", 410, False, "That message was deleted.")
    SLOW_MODE = Spec("chat.slow_mode", 429, True, "This room is in slow mode.")
    REACTION_INVALID = Spec("chat.reaction_invalid", 422, False, "That is not an emoji.")
    TOO_MANY_REACTIONS = Spec(
        "chat.too_many_reactions",
        409,
        False,
        "That message has as many kinds of reaction as it can.",
    )
    CLIENT_ID_REUSED = Spec(
        "chat.client_id_reused", 409, False, "That client id was used for something else."
    )

    # Calls
    CALL_FULL = Spec(
        "calls.full", 409, True, "This call has as many people as it can. You can still chat."
    )
    NOT_IN_CALL = Spec("calls.not_in_call", 409, False, "You are not in this call.")
    CALL_OVER = Spec("calls.over", 410, False, "That call is over.")
    PEER_GONE = Spec("calls.peer_gone", 410, False, "That person is not in the call any more.")
    SDP_INVALID = Spec(
        "calls.description_invalid", 422, False, "That is not a session description."
    )
    CANDIDATE_INVALID = Spec("calls.candidate_invalid", 422, False, "That is not an ICE candidate.")
    SESSION_REQUIRED = Spec("calls.session_required", 409, False, "Calls need a live connection.")

    # The connection
    SESSION_UNKNOWN = Spec("session.unknown", 404, False, "That session is over.")
    VERSION_UNSUPPORTED = Spec(
        "session.version_unsupported", 426, False, "This page is out of date. Reload it."
    )
    TOO_MANY_FOLLOWED = Spec(
        "session.too_many_followed", 409, False, "This connection follows too many rooms."
    )

    @property
    def code(self) -> str:
        """The dotted string that travels."""
        return self.value.code


class Error(Message, frozen=True, kw_only=True, tag="error"):
    """The answer to a command that was not carried out."""

    code: str
    message: str
    retryable: bool = False
    retry_after: Annotated[float, Meta(description="Seconds until a retry can help.")] | None = None
    field: Annotated[str, Meta(description="Path of the field at fault, `$.text`.")] | None = None
    incident: (
        Annotated[str, Meta(description="Finds this failure in the server's logs.")] | None
    ) = None


class Refusal(Exception):  # the word of the field; not every one is an error
    """A command is refused for a reason that the person asking can understand.

    Raised anywhere below a handler; turned into an `Error` once, where the handler was called.
    """

    def __init__(
        self,
        code: Code,
        message: str | None = None,
        *,
        retry_after: float | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(code.code)
        self.code = code
        self.message = message or code.value.sentence
        self.retry_after = retry_after
        self.field = field

    def error(self, incident: str | None = None) -> Error:
        """The message that carries this refusal."""
        return Error(
            code=self.code.code,
            message=self.message,
            retryable=self.code.value.retryable,
            retry_after=self.retry_after,
            field=self.field,
            incident=incident,
        )


class RefusedByPeer(Refusal):
    """Another service refused our request; its answer is passed on as it came."""

    def __init__(self, answer: Error) -> None:
        super().__init__(
            CODES.get(answer.code, Code.INTERNAL),
            answer.message,
            retry_after=answer.retry_after,
            field=answer.field,
        )
        self.answer = answer


CODES: dict[str, Code] = {code.value.code: code for code in Code}
"""Each code by its string."""
