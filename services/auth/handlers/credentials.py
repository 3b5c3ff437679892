"""The password: asked for again before it is changed, and before an account ends."""

from contracts.auth import ChangePassword, DeleteAccount
from contracts.base import Done
from contracts.callers import Person
from contracts.errors import Code, Refusal
from runtime.serve import Call, Table
from services.auth.accounts import Accounts
from services.auth.domain import account as accounts_
from services.auth.domain import passwords
from services.auth.domain.account import Account, replace
from services.auth.hashing import Hasher
from services.auth.outbox import Outbox
from services.auth.throttles import Throttles


class Credentials:
    """Commands that want the present password. Wrong ones count like wrong ones at the door."""

    def __init__(
        self, accounts: Accounts, hasher: Hasher, throttles: Throttles, outbox: Outbox
    ) -> None:
        self._accounts = accounts
        self._hasher = hasher
        self._throttles = throttles
        self._outbox = outbox

    def table(self) -> Table:
        """The commands answered here."""
        return {ChangePassword: self.change_password, DeleteAccount: self.delete_account}

    async def change_password(self, call: Call, command: ChangePassword) -> Done:
        """A new password; every other device is signed out."""
        person = call.person
        account = await self._present(person)
        if not passwords.length_allowed(passwords.normal(command.new)):
            raise Refusal(Code.PASSWORD_LENGTH, field="$.new")
        if await self._hasher.easy_to_guess(command.new, account.key or ""):
            raise Refusal(Code.PASSWORD_WEAK, field="$.new")
        await self._verify(call, account, command.current, "$.current")
        fresh = await self._hasher.hash(command.new)

        def changed(known: Account) -> Account:
            known = replace(_unchanged(known, account), password=fresh)
            return accounts_.signed_out_elsewhere(known, person.device, "password_changed", call.at)

        await self._outbox.flush(await self._accounts.change(account.id, changed))
        return Done()

    async def delete_account(self, call: Call, command: DeleteAccount) -> Done:
        """The account is gone for good."""
        account = await self._present(call.person)
        await self._verify(call, account, command.password, "$.password")
        gone = await self._accounts.change(
            account.id,
            lambda known: accounts_.deleted(_unchanged(known, account), "account_deleted", call.at),
        )
        await self._outbox.flush(gone)
        return Done()

    async def _present(self, person: Person) -> Account:
        account = await self._accounts.get(person.user)
        if account is None or account.password is None:
            raise Refusal(Code.REVOKED)
        return account

    async def _verify(self, call: Call, account: Account, password: str, field: str) -> None:
        key, address = account.key or account.id, call.person.address
        async with self._throttles.password_tried(key, address, call.at):
            right, _ = await self._hasher.verify(password, account.password)
            if not right:
                raise Refusal(Code.WRONG_CREDENTIALS, field=field)


def _unchanged(known: Account, verified: Account) -> Account:
    if known.password != verified.password:
        # Two changes at once: the second one verified a password that is no more.
        raise Refusal(Code.WRONG_CREDENTIALS)
    return known
