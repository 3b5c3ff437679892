"""Leaving, and the devices that one leaves behind."""

from contracts.auth import (
    DeviceInfo,
    Devices,
    ListDevices,
    LogOut,
    LogOutEverywhere,
    RevokeDevice,
)
from contracts.base import Done
from contracts.errors import Code, Refusal
from runtime.serve import Call, Table
from services.auth.accounts import Accounts
from services.auth.domain import account as accounts_
from services.auth.domain.account import Account
from services.auth.outbox import Outbox


class Leaving:
    """Commands that end sign-ins. Ending one that has ended already is no failure."""

    def __init__(self, accounts: Accounts, outbox: Outbox) -> None:
        self._accounts = accounts
        self._outbox = outbox

    def table(self) -> Table:
        """The commands answered here."""
        return {
            LogOut: self.log_out,
            LogOutEverywhere: self.log_out_everywhere,
            ListDevices: self.list_devices,
            RevokeDevice: self.revoke_device,
        }

    async def log_out(self, call: Call, _: LogOut) -> Done:
        """This device's sign-in ends; a guest goes altogether."""
        person = call.person
        account = await self._accounts.change(
            person.user,
            lambda known: accounts_.signed_out(known, person.device, "logged_out", call.at),
        )
        await self._outbox.flush(account)
        return Done()

    async def log_out_everywhere(self, call: Call, _: LogOutEverywhere) -> Done:
        """Every sign-in ends."""
        account = await self._accounts.change(
            call.person.user,
            lambda known: accounts_.signed_out_everywhere(known, "logged_out", call.at),
        )
        await self._outbox.flush(account)
        return Done()

    async def revoke_device(self, call: Call, command: RevokeDevice) -> Done:
        """Another device's sign-in ends."""

        def without(known: Account) -> Account:
            if known.device(command.device) is None:
                raise Refusal(Code.DEVICE_UNKNOWN, field="$.device")
            return accounts_.signed_out(known, command.device, "revoked", call.at)

        await self._outbox.flush(await self._accounts.change(call.person.user, without))
        return Done()

    async def list_devices(self, call: Call, _: ListDevices) -> Devices:
        """One's devices whose sign-in is alive, the last used first."""
        person = call.person
        account = await self._accounts.get(person.user)
        if account is None:
            raise Refusal(Code.REVOKED)
        alive = [device for device in account.devices if device.expires_at > call.at]
        alive.sort(key=lambda device: device.last_used_at, reverse=True)
        return Devices(
            devices=[
                DeviceInfo(
                    device=device.id,
                    label=device.label,
                    created_at=device.created_at,
                    last_used_at=device.last_used_at,
                    current=device.id == person.device,
                )
                for device in alive
            ]
        )
