"""Coming in: with a new account, with a password, by an invite, with a refresh token."""

from contracts.auth import EnterAsGuest, LogIn, Refresh, Register, SignedIn
from contracts.base import Millis
from contracts.callers import Anonymous
from contracts.errors import Code, Refusal
from contracts.ids import UserId
from contracts.rooms import InviteFound, LookUpInvite
from runtime import ids
from runtime.bus import Bus
from runtime.serve import Call, Table
from services.auth.accounts import Accounts
from services.auth.domain import account as accounts_
from services.auth.domain import device as devices
from services.auth.domain import names, passwords
from services.auth.domain.account import Account, replace
from services.auth.domain.device import DeviceRecord, RefreshToken, Use
from services.auth.domain.names import NameRefused
from services.auth.hashing import Hasher
from services.auth.issuing import Issuer
from services.auth.outbox import Outbox
from services.auth.throttles import Throttles

HOUR_MS = 3_600_000


class Entering:
    """Commands of those who are not signed in yet."""

    def __init__(
        self,
        bus: Bus,
        accounts: Accounts,
        hasher: Hasher,
        throttles: Throttles,
        issuer: Issuer,
        outbox: Outbox,
        guest_hours: float,
    ) -> None:
        self._bus = bus
        self._accounts = accounts
        self._hasher = hasher
        self._throttles = throttles
        self._issuer = issuer
        self._outbox = outbox
        self._guest_ms = int(guest_hours * HOUR_MS)

    def table(self) -> Table:
        """The commands answered here."""
        return {
            Register: self.register,
            LogIn: self.log_in,
            EnterAsGuest: self.enter_as_guest,
            Refresh: self.refresh,
        }

    async def register(self, call: Call, command: Register) -> SignedIn:
        """A new account. That a name is taken can't be hidden here, so asking is throttled."""
        name = _name_of(command.name)
        key = names.key_of(name)
        shown = _display_name_of(command.display_name, "$.display_name", instead=name)
        if not passwords.length_allowed(passwords.normal(command.password)):
            raise Refusal(Code.PASSWORD_LENGTH, field="$.password")
        if await self._hasher.easy_to_guess(command.password, key):
            raise Refusal(Code.PASSWORD_WEAK, field="$.password")
        address, _ = _whence(call)
        async with (
            self._throttles.tried("names", address, call.at),
            self._throttles.tried("registrations", address, call.at),
        ):
            if await self._accounts.by_key(key) is not None:
                return await self._register_again(call, command, key)
            account = Account(
                id=UserId(ids.new_id()),
                name=name,
                key=key,
                password=await self._hasher.hash(command.password),
                display_name=shown,
                created_at=call.at,
            )
            account = accounts_.registered(account, call.at)
            try:
                return await self._let_in_new(call, account, command.device_label, command.attempt)
            except Refusal as refusal:
                if refusal.code is not Code.NAME_TAKEN:
                    raise
                # Somebody was quicker: a stranger, or the same registration sent twice.
                return await self._register_again(call, command, key)

    async def _register_again(self, call: Call, command: Register, key: str) -> SignedIn:
        """The name is taken; for the one who took it just now, that is no refusal.

        To anybody else nothing is told: without the attempt, no password is even looked at.
        """
        taken = Refusal(Code.NAME_TAKEN, field="$.name")
        found = await self._accounts.by_key(key)
        if found is None or not accounts_.is_repeat(found, command.attempt, call.at):
            raise taken
        right, _ = await self._hasher.verify(command.password, found.password)
        if not right:
            raise taken
        secret = self._issuer.fresh_secret()
        device = self._new_device(call, command.device_label, secret)

        def again(known: Account) -> Account:
            if known.password != found.password:
                raise taken
            return accounts_.registered_again(known, device, call.at)

        account = await self._accounts.change(found.id, again)
        await self._outbox.flush(account)
        return self._issuer.issue(account, device, secret, call.at)

    async def log_in(self, call: Call, command: LogIn) -> SignedIn:
        """A sign-in. Neither the answer nor its time tell whether the name exists."""
        key = names.key_of(command.name)
        address, _ = _whence(call)
        async with self._throttles.password_tried(key, address, call.at):
            found = await self._accounts.by_key(key)
            stored = found.password if found else None
            right, better = await self._hasher.verify(command.password, stored)
            if found is None or stored is None or not right:
                raise Refusal(Code.WRONG_CREDENTIALS)
            secret = self._issuer.fresh_secret()
            device = self._new_device(call, command.device_label, secret)
            account = await self._accounts.change(
                found.id, lambda known: _with_device(known, stored, better, device, call.at)
            )
        await self._outbox.flush(account)
        return self._issuer.issue(account, device, secret, call.at)

    async def enter_as_guest(self, call: Call, command: EnterAsGuest) -> SignedIn:
        """A person for one room and one day. Joining is the client's next step, by the invite."""
        shown = _display_name_of(command.display_name, "$.display_name")
        address, _ = _whence(call)
        async with (
            self._throttles.tried("names", address, call.at),
            self._throttles.tried("registrations", address, call.at),
        ):
            invite = await self._bus.ask(LookUpInvite(code=command.invite), InviteFound)
            if not invite.guests:
                raise Refusal(Code.GUEST_FORBIDDEN)
            account = Account(
                id=UserId(ids.new_id()),
                name="",
                key=None,
                password=None,
                display_name=shown,
                created_at=call.at,
                room=invite.room,
                guest_until=call.at + self._guest_ms,
            )
            return await self._let_in_new(call, account, command.device_label)

    async def refresh(self, call: Call, command: Refresh) -> SignedIn:
        """The next pair of tokens."""
        token = self._issuer.read(command.refresh_token)
        if token is None:
            raise Refusal(Code.TOKEN_INVALID)
        fresh = self._issuer.fresh_secret()
        account, (verdict, device, secret) = await self._accounts.settle(
            token.user, lambda known: self._used(known, token, fresh, call.at)
        )
        await self._outbox.flush(account)
        if verdict is Use.EXPIRED:
            raise Refusal(Code.TOKEN_EXPIRED)
        if verdict is Use.REUSED:
            raise Refusal(Code.REFRESH_REUSED)
        return self._issuer.issue(account, device, secret, call.at)

    def _used(
        self, account: Account, token: RefreshToken, fresh: bytes, at: Millis
    ) -> tuple[Account, tuple[Use, DeviceRecord, bytes]]:
        device = account.device(token.device)
        if device is None:
            raise Refusal(Code.REVOKED)
        outcome = devices.use(device, token.secret, fresh, at, self._issuer.life)
        verdict, after, _ = outcome
        if verdict is Use.REUSED:
            return accounts_.signed_out(account, device.id, "token_reused", at), outcome
        if verdict is Use.EXPIRED:
            return accounts_.signed_out(account, device.id, "logged_out", at), outcome
        rest = tuple(after if known.id == after.id else known for known in account.devices)
        return replace(account, devices=rest), outcome

    async def _let_in_new(
        self, call: Call, account: Account, label: str, attempt: str | None = None
    ) -> SignedIn:
        secret = self._issuer.fresh_secret()
        device = self._new_device(call, label, secret, account.guest_until)
        if attempt is not None:
            account = accounts_.attempted(account, attempt, device.id, call.at)
        account = await self._accounts.add(accounts_.signed_in(account, device, call.at))
        await self._outbox.flush(account)
        return self._issuer.issue(account, device, secret, call.at)

    def _new_device(
        self, call: Call, label: str, secret: bytes, until: Millis | None = None
    ) -> DeviceRecord:
        _, agent = _whence(call)
        label = names.label_of(label) or devices.label_of(agent)
        return self._issuer.new_device(label, secret, call.at, until)


def _with_device(
    account: Account, verified: str, better: str | None, device: DeviceRecord, at: Millis
) -> Account:
    if account.password != verified:
        # Changed, or deleted, since the password was verified.
        raise Refusal(Code.WRONG_CREDENTIALS)
    return accounts_.signed_in(replace(account, password=better or verified), device, at)


def _name_of(typed: str) -> str:
    try:
        return names.name_of(typed)
    except NameRefused as refused:
        raise Refusal(Code.NAME_INVALID, field="$.name") from refused


def _display_name_of(typed: str, field: str, *, instead: str = "") -> str:
    if not typed and instead:
        return instead
    try:
        return names.display_name_of(typed)
    except NameRefused as refused:
        raise Refusal(Code.NAME_INVALID, field=field) from refused


def _whence(call: Call) -> tuple[str, str]:
    """Address and user agent of who asks; a service on its own behalf has none."""
    if isinstance(call.caller, Anonymous):
        return call.caller.address, call.caller.agent
    return "", ""
