"""
Which line an address means.

    tcp://HOST:PORT                                    a raw port of the network, 9100 if not said
    serial:/dev/kiosk/receipt?baud=19200&flow=rts_cts  a serial port, 115200 baud and no flow
                                                       control if not said
    usb:/dev/kiosk/receipt                             the character device of a USB printer
"""

from urllib.parse import parse_qsl, urlsplit

from devices.transports.character_device import CharacterDevice
from devices.transports.line import Line
from devices.transports.serial_port import Flow, SerialPort
from devices.transports.tcp_socket import TcpSocket

_RAW_PORT = 9100
_BAUDS = (4800, 9600, 19200, 38400, 57600, 115200)


def line_to(address: str) -> Line:
    """Return the line, not opened; raises ValueError with a sentence for any other address."""
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    match parts.scheme:
        case "tcp" if parts.hostname and not options and parts.path in ("", "/"):
            return TcpSocket(parts.hostname, parts.port or _RAW_PORT)
        case "serial" if parts.path.startswith("/") and not parts.netloc:
            return _serial(parts.path, options)
        case "usb" if parts.path.startswith("/") and not parts.netloc and not options:
            return CharacterDevice(parts.path)
    raise ValueError("an address looks like tcp://host:9100, serial:/dev/… or usb:/dev/…")


def _serial(path: str, options: dict[str, str]) -> SerialPort:
    baud = options.pop("baud", "115200")
    flow = options.pop("flow", Flow.NONE.value)
    if options or not baud.isdecimal() or int(baud) not in _BAUDS or flow not in set(Flow):
        raise ValueError("a serial port has ?baud=… and &flow=none or rts_cts")
    return SerialPort(path, int(baud), flow=Flow(flow))
