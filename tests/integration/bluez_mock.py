"""BlueZ as python-dbusmock plays it, with what tests make happen there."""

from __future__ import annotations

from dbus_fast import Variant

from dogwatch.edge.bluez import ADAPTER, BLUEZ, DEVICE, OBJECTS
from dogwatch.edge.message_bus import SystemBus
from tests.dbus_mock import MOCK, MockBus, ready

ROOT = (BLUEZ, "/", "org.bluez.Mock")
HCI = "/org/bluez/hci0"
PHONE, WATCH, STRANGER = "AA:BB:CC:DD:EE:01", "AA:BB:CC:DD:EE:02", "AA:BB:CC:DD:EE:03"
PHONE_CLASS = 5898764


def path_of(address: str) -> str:
    """Return the object's path of a device."""
    return f"{HCI}/dev_{address.replace(':', '_')}"


class BluezMock:
    """Makes things happen in the played BlueZ."""

    def __init__(self, programs: MockBus, bus: SystemBus) -> None:
        """Speak to it over `bus`."""
        self.programs, self.bus = programs, bus

    async def begin(self) -> None:
        """Wait until it is there, with one adapter that knows nothing of other tests."""
        await ready(self.bus, "bluez5")
        objects = await self.bus.call((BLUEZ, "/", OBJECTS), "GetManagedObjects")
        if HCI in objects:
            await self.remove_adapter()
        await self.add_adapter()

    async def add_adapter(self) -> None:
        """Plug an adapter in."""
        await self.bus.call(ROOT, "AddAdapter", "ss", "hci0", "camera")
        # bleak expects what adapters of today tell, and 0.28 does not have.
        roles = Variant("as", ["central", "peripheral"])
        await self.bus.call((BLUEZ, HCI, MOCK), "AddProperty", "ssv", ADAPTER, "Roles", roles)

    async def remove_adapter(self) -> None:
        """Pull the adapter out."""
        await self.bus.call(ROOT, "RemoveAdapterWithDevices", "s", "hci0")

    async def add_device(self, address: str, name: str) -> None:
        """Let a device come near."""
        await self.bus.call(ROOT, "AddDevice", "sss", "hci0", address, name)

    async def advertise(self, address: str) -> None:
        """Let a device be heard by its advertisement, in the form that bleak expects, which `AddDevice` has not."""
        properties = {
            "Address": Variant("s", address),
            "AddressType": Variant("s", "random"),
            "Alias": Variant("s", address.replace(":", "-")),
            "Adapter": Variant("o", HCI),
            "RSSI": Variant("n", -60),
            "Paired": Variant("b", False),
            "Connected": Variant("b", False),
            "ManufacturerData": Variant("a{qv}", {76: Variant("ay", b"\x10\x05")}),
        }
        place = (BLUEZ, "/", MOCK)
        await self.bus.call(place, "AddObject", "ssa{sv}a(ssss)", path_of(address), DEVICE, properties, [])
        values = [Variant("o", path_of(address)), Variant("a{sa{sv}}", {DEVICE: properties})]
        await self.bus.call(place, "EmitSignal", "sssav", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", values)

    async def pair_from_phone(self, address: str) -> None:
        """Let the user of a device pair."""
        # Newer versions take the name and the class in other places: this is 0.28, which Debian 12 has.
        await self.bus.call(ROOT, "PairDevice", "ssi", "hci0", address, PHONE_CLASS)

    async def method(self, address: str | None, name: str, signature: str, code: str) -> None:
        """Let a method of a device, or of the adapter, do something else."""
        interface, path = (ADAPTER, HCI) if address is None else (DEVICE, path_of(address))
        await self.bus.call((BLUEZ, path, MOCK), "AddMethod", "sssss", interface, name, signature, "", code)

    async def fails(self, address: str | None, name: str, error: str, text: str = "", signature: str = "") -> None:
        """Let a method of a device, or of the adapter, refuse with an error."""
        await self.method(address, name, signature, f"raise dbus.exceptions.DBusException({text!r}, name={error!r})")

    async def adapter_property(self, key: str) -> object:
        """Return a property of the adapter."""
        return await self.bus.get((BLUEZ, HCI, ADAPTER), key)

    async def device_property(self, address: str, key: str) -> object:
        """Return a property of a device."""
        return await self.bus.get((BLUEZ, path_of(address), DEVICE), key)

    async def calls(self, address: str | None = None) -> list[str]:
        """Return the methods of a device, or of the adapter, that were called."""
        path = HCI if address is None else path_of(address)
        found = await self.bus.call((BLUEZ, path, MOCK), "GetCalls")
        return [call[1] for call in found]
