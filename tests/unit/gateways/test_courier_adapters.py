"""Couriers over HTTP against faithful servers on loopback that misbehave when told to."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from kiosk_server.core import clock
from kiosk_server.deliveries.life import Step, Trouble
from kiosk_server.deliveries.ports import (
    AnswerLost,
    CalledOff,
    CannotTell,
    Consignment,
    Courier,
    CourierName,
    Couriers,
    NoSuchOrder,
    NotAsked,
    Party,
    Payer,
    Subscribed,
    Taken,
    TooLate,
    TurnedDown,
)
from kiosk_server.gateways.courier_ems import Ems
from kiosk_server.gateways.courier_kuaidi100 import Kuaidi100, PushRefused, read_push
from kiosk_server.gateways.courier_platform import RegionDeliveries
from kiosk_server.gateways.courier_sf import SfAccount, SfExpress
from tests.support import delivery_platform_server, ems_server, kuaidi100_server, sf_server

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
OFFICE = Party(
    "阿图什市政务服务中心", "0908-4220000", "新疆维吾尔自治区", "克州", "阿图什市", "示例路1号"
)
HOME = Party(
    "测试·阿依古丽", "13800000001", "新疆维吾尔自治区", "克州", "阿图什市", "松他克镇示例巷2号 *~"
)
NAMES = ("platform", "ems", "sf")
PATIENT, HURRIED = 60.0, 0.1


@dataclass
class Bench:
    """The servers of all couriers."""

    platform: delivery_platform_server.DeliveryPlatform
    ems: ems_server.EmsServer
    sf: sf_server.SfServer
    kuaidi100: kuaidi100_server.Kuaidi100Server

    def courier(self, name: str, seconds: float = PATIENT) -> Courier:
        """A fresh adapter: its fuse remembers nothing."""
        match name:
            case "platform":
                key = delivery_platform_server.KEY
                return RegionDeliveries(self.platform.url, key, timeout_seconds=seconds)
            case "ems":
                return Ems(self.ems.url, ems_server.ACCOUNT, timeout_seconds=seconds)
        return SfExpress(self.sf.url, sf_server.ACCOUNT, timeout_seconds=seconds)

    def tracker(self, seconds: float = PATIENT) -> Kuaidi100:
        """A fresh one of 快递100."""
        return Kuaidi100(
            self.kuaidi100.url,
            kuaidi100_server.ACCOUNT,
            "https://fuwu.example.cn/callbacks/couriers/kuaidi100",
            timeout_seconds=seconds,
        )


@pytest.fixture(scope="module")
def running() -> Iterator[Bench]:
    """One server of each for all tests of this file."""
    with ExitStack() as stack:
        yield Bench(
            stack.enter_context(delivery_platform_server.serving()),
            stack.enter_context(ems_server.serving()),
            stack.enter_context(sf_server.serving()),
            stack.enter_context(kuaidi100_server.serving()),
        )


@pytest.fixture
def bench(running: Bench) -> Bench:
    """The servers as they are at first."""
    for server in (running.platform, running.ems, running.sf):
        server.orders.clear()
        server.misbehave.clear()
        server.asked.clear()
    running.platform.routes.clear()
    running.sf.routes.clear()
    running.ems.lines.clear()
    for kept in (running.kuaidi100.waybills, running.kuaidi100.subscribed):
        kept.clear()
    running.kuaidi100.misbehave.clear()
    running.kuaidi100.asked.clear()
    return running


def parcel(order: str = "01jdelivery0000000000000a1", payer: Payer = Payer.OFFICE) -> Consignment:
    return Consignment(order, OFFICE, HOME, "证明文件", 2, 200, payer, NOON)


@pytest.mark.policy("P42")
@pytest.mark.parametrize("name", NAMES)
def test_an_order_is_placed_once(bench: Bench, name: str) -> None:
    """Asked twice under one id, the courier has one order and tells one way-bill."""
    courier = bench.courier(name)
    first = courier.take(parcel())
    assert isinstance(first, Taken)
    assert first.waybill
    assert courier.take(parcel()) == first
    assert len(getattr(bench, name).orders) == 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("wrong", ["500", "drop", "no_json"])
def test_a_lost_answer_is_told_as_lost(bench: Bench, name: str, wrong: str) -> None:
    """Whatever stands between a question and a believable answer: it may have arrived."""
    getattr(bench, name).misbehave.append(wrong)
    assert bench.courier(name).take(parcel()) == AnswerLost()


@pytest.mark.parametrize("name", NAMES)
def test_a_courier_that_hangs_is_not_waited_for(bench: Bench, name: str) -> None:
    """The order may have arrived all the same."""
    getattr(bench, name).misbehave.append("hang")
    assert bench.courier(name, HURRIED).take(parcel()) == AnswerLost()


@pytest.mark.policy("P42")
@pytest.mark.parametrize(
    ("name", "expected"), [("platform", Taken), ("sf", Taken), ("ems", CannotTell)]
)
def test_after_a_lost_answer_the_order_is_asked_for_by_its_id(
    bench: Bench, name: str, expected: type
) -> None:
    """The order had arrived; EMS knows no such question and says nothing."""
    courier = bench.courier(name)
    getattr(bench, name).misbehave.append("drop")
    assert courier.take(parcel()) == AnswerLost()
    assert isinstance(courier.find(parcel().order_id), expected)


@pytest.mark.parametrize("name", ["platform", "sf"])
def test_an_order_that_never_arrived_is_not_there(bench: Bench, name: str) -> None:
    """That there is none is an answer; that nobody answers is none."""
    assert bench.courier(name).find("01jdelivery0000000000000a9") == NoSuchOrder()
    getattr(bench, name).misbehave.append("500")
    assert bench.courier(name).find("01jdelivery0000000000000a9") == NotAsked()


@pytest.mark.parametrize("name", NAMES)
def test_a_courier_that_will_not_carry_says_so(bench: Bench, name: str) -> None:
    """It has no order then."""
    getattr(bench, name).misbehave.append("refuse")
    assert isinstance(bench.courier(name).take(parcel()), TurnedDown)
    assert getattr(bench, name).orders == {}


def test_sf_turns_down_where_it_does_not_go(bench: Bench) -> None:
    """filterResult 3 is a no, whatever else the answer says."""
    bench.sf.misbehave.append("unreachable")
    assert bench.courier("sf").take(parcel()) == TurnedDown("unreachable")


@pytest.mark.parametrize("name", NAMES)
def test_an_order_is_cancelled_until_it_is_fetched(bench: Bench, name: str) -> None:
    """Cancelled at the courier's; what is lost on the way is told as lost."""
    courier = bench.courier(name)
    taken = courier.take(parcel())
    assert isinstance(taken, Taken)
    getattr(bench, name).misbehave.append("drop")
    assert courier.cancel(parcel().order_id, taken.waybill) == AnswerLost()
    assert courier.cancel(parcel().order_id, taken.waybill) == CalledOff()


def test_what_was_fetched_cannot_be_cancelled(bench: Bench) -> None:
    """It is too late, and no error."""
    courier = bench.courier("sf")
    taken = courier.take(parcel())
    assert isinstance(taken, Taken)
    assert taken.waybill is not None
    bench.sf.routes[taken.waybill] = [{"acceptTime": "2026-11-23 12:00:00", "opCode": "50"}]
    assert courier.cancel(parcel().order_id, taken.waybill) == TooLate()


@pytest.mark.policy("P42")
def test_sf_routes_are_understood_or_kept(bench: Bench) -> None:
    """A known code is a step; an unknown one keeps its words and says nothing."""
    bench.sf.routes["SF1"] = [
        {
            "acceptTime": "2026-11-23 12:00:00",
            "acceptAddress": "阿图什市",
            "remark": "快件已揽收",
            "opCode": "50",
        },
        {"acceptTime": "2026-11-23 13:00:00", "remark": "新的说法", "opCode": "777"},
        {"acceptTime": "2026-11-23 14:00:00", "remark": "派送不成功", "opCode": "70"},
    ]
    told = bench.courier("sf").track("order", "SF1", HOME.phone)
    assert not isinstance(told, NotAsked)
    assert [(each.code, each.step, each.trouble) for each in told] == [
        ("50", Step.PICK_UP, None),
        ("777", None, None),
        ("70", Step.STRAY, Trouble.OTHER),
    ]
    assert told[0].at == NOON
    assert (told[0].text, told[1].text) == ("阿图什市 快件已揽收", "新的说法")
    assert bench.sf.asked[-1][1]["checkPhoneNo"] == "0001"


def test_the_lines_of_ems_are_kept_as_they_are_told(bench: Bench) -> None:
    """Nobody published what its codes mean: none of them is a step."""
    bench.ems.lines["EM1"] = [
        {"opTime": "2026-11-23 12:00:00", "opCode": "704", "opDesc": "已妥投"}
    ]
    told = bench.courier("ems").track("order", "EM1", HOME.phone)
    assert not isinstance(told, NotAsked)
    assert [(each.code, each.step, each.text) for each in told] == [("704", None, "已妥投")]


def test_the_regions_routes_are_our_own_steps(bench: Bench) -> None:
    """Its codes are the names of steps; another word is kept and says nothing."""
    bench.platform.routes["order"] = [
        {"at": "2026-11-23T12:00:00+08:00", "code": "go_out", "text": "派送中"},
        {"at": "2026-11-23T13:00:00+08:00", "code": "stray", "text": "", "trouble": "lost"},
        {"at": "2026-11-23T14:00:00+08:00", "code": "teleported", "text": ""},
    ]
    told = bench.courier("platform").track("order", "XJ1", HOME.phone)
    assert not isinstance(told, NotAsked)
    assert [(each.step, each.trouble) for each in told] == [
        (Step.GO_OUT, None),
        (Step.STRAY, Trouble.LOST),
        (None, None),
    ]


@pytest.mark.parametrize("wrong", ["unsigned", "stale"])
def test_the_region_is_believed_by_its_signature_alone(bench: Bench, wrong: str) -> None:
    """Signed with another key, or long ago: the answer is lost."""
    bench.platform.misbehave.append(wrong)
    assert bench.courier("platform").take(parcel()) == AnswerLost()


def test_a_wrong_account_never_reaches_the_couriers(bench: Bench) -> None:
    """SF's gateway refuses a wrong check word: nothing was passed on, and it is asked again."""
    account = SfAccount(sf_server.ACCOUNT.partner, "another word", "")
    assert SfExpress(bench.sf.url, account).take(parcel()) == NotAsked()
    assert isinstance(
        Ems(bench.ems.url, replace(ems_server.ACCOUNT, key="TvaBgrhE46sft3nZlfe7xw==")).take(
            parcel()
        ),
        TurnedDown,
    )
    assert (bench.sf.asked, bench.ems.asked) == ([], [])


def test_who_pays_is_told_as_each_courier_wants_it(bench: Bench) -> None:
    """The house by its monthly account, also for who paid beforehand; the resident at the door."""
    for payer in Payer:
        for name in ("sf", "ems"):
            bench.courier(name).take(parcel(f"01jdelivery000000{payer}", payer))
    sf = [told for service, told in bench.sf.asked if service == "EXP_RECE_CREATE_ORDER"]
    methods = [(each["payMethod"], each["monthlyCard"]) for each in sf]
    assert methods == [(1, "7551234567"), (2, ""), (1, "7551234567")]
    ems = [(told["bizProductNo"], told["paymentMode"]) for _, told in bench.ems.asked]
    assert ems == [("1", "1"), ("3", "2"), ("1", "1")]


def test_who_pays_for_what_is_fetched_is_told_from_the_other_end(bench: Bench) -> None:
    """Papers go to the office: on account it is the receiver who pays, at the door the sender."""
    for payer in Payer:
        fetched = replace(parcel(f"01jfetched0000000{payer}", payer), office_sends=False)
        bench.courier("sf").take(fetched)
        bench.courier("ems").take(fetched)
    sf = [told for service, told in bench.sf.asked if service == "EXP_RECE_CREATE_ORDER"]
    methods = [(each["payMethod"], each["monthlyCard"]) for each in sf]
    assert methods == [(2, "7551234567"), (1, ""), (2, "7551234567")]
    assert [told["paymentMode"] for _, told in bench.ems.asked] == ["2", "1", "2"]


@pytest.mark.policy("P42")
def test_one_couriers_outage_slows_no_other(bench: Bench) -> None:
    """Five failures blow its own fuse for half a minute; the others are asked as before."""
    sf, ems = bench.courier("sf"), bench.courier("ems")
    bench.sf.misbehave.extend(["500"] * 5)
    with clock.frozen(NOON):
        for _ in range(5):
            assert sf.take(parcel()) == AnswerLost()
        assert sf.take(parcel()) == NotAsked()
        assert len(bench.sf.asked) == 5
        assert isinstance(ems.take(parcel()), Taken)
    with clock.frozen(NOON + timedelta(seconds=31)):
        assert isinstance(sf.take(parcel()), Taken)


@pytest.mark.parametrize("name", NAMES)
def test_a_courier_that_does_not_run_was_not_asked(bench: Bench, name: str) -> None:
    """Nothing was sent: it can be asked again without asking what became of it."""
    nowhere = "http://127.0.0.1:9/std/service"
    adapters: dict[str, Courier] = {
        "platform": RegionDeliveries(nowhere, delivery_platform_server.KEY),
        "ems": Ems(nowhere, ems_server.ACCOUNT),
        "sf": SfExpress(nowhere, sf_server.ACCOUNT),
    }
    courier = adapters[name]
    assert courier.take(parcel()) == NotAsked()
    assert courier.cancel("order", None) == NotAsked()
    assert courier.track("order", "waybill", "13800000001") in (NotAsked(), [])
    assert bench.sf.asked == []


@pytest.mark.policy("P26")
def test_the_platform_comes_first(bench: Bench) -> None:
    """Where the region's deliveries are connected they are asked before any contract of ours."""
    ems, platform = bench.courier("ems"), bench.courier("platform")
    connected = Couriers({CourierName.EMS: ems, CourierName.PLATFORM: platform})
    assert connected.first() is CourierName.PLATFORM
    assert connected.first(besides=frozenset({CourierName.PLATFORM})) is CourierName.EMS
    assert Couriers({}).first() is None


def test_kuaidi100_is_asked_and_subscribed_to(bench: Bench) -> None:
    """The state stands beside the latest line; a second subscription is as good as one."""
    bench.kuaidi100.waybills["SF1"] = kuaidi100_server.last_result(
        "shunfeng",
        "SF1",
        "5",
        [("2026-11-23 12:00:00", "已揽收", "1"), ("2026-11-23 14:00:00", "派送中", "")],
    )
    tracker = bench.tracker()
    told = tracker.track(CourierName.SF, "SF1", HOME.phone)
    assert not isinstance(told, NotAsked)
    assert [(each.code, each.step) for each in told] == [
        ("", None),
        ("1", Step.PICK_UP),
        ("state:5", Step.GO_OUT),
    ]
    assert tracker.track(CourierName.SF, "SF2", HOME.phone) == []
    assert tracker.subscribe(CourierName.SF, "SF1", HOME.phone) == Subscribed()
    assert tracker.subscribe(CourierName.SF, "SF1", HOME.phone) == Subscribed()
    assert bench.kuaidi100.subscribed["SF1"]["parameters"]["phone"] == "0001"


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("500", NotAsked()),
        ("no_json", NotAsked()),
        ("busy", NotAsked()),
        ("refuse", TurnedDown("701")),
    ],
)
def test_a_subscription_is_tried_again_or_given_up(
    bench: Bench, wrong: str, expected: object
) -> None:
    """What is busy is asked again; what is refused stays refused."""
    bench.kuaidi100.misbehave.append(wrong)
    assert bench.tracker().subscribe(CourierName.EMS, "EM1", HOME.phone) == expected


def test_who_has_no_name_there_is_not_followed_there(bench: Bench) -> None:
    """The region's own way-bills are the region's."""
    tracker = bench.tracker()
    assert tracker.subscribe(CourierName.PLATFORM, "XJ1", "") == TurnedDown("no_company")
    assert tracker.track(CourierName.PLATFORM, "XJ1", "") == NotAsked()


@pytest.mark.policy("P42")
def test_a_push_is_read_by_its_signature(bench: Bench) -> None:
    """Its lines, and whether it has to be subscribed again; altered, nothing."""
    bench.kuaidi100.waybills["EM1"] = kuaidi100_server.last_result(
        "ems", "EM1", "14", [("2026-11-23 12:00:00", "拒签", "14")]
    )
    form = bench.kuaidi100.push("EM1")
    push = read_push(form["param"], form["sign"], kuaidi100_server.ACCOUNT.salt)
    assert (push.courier, push.waybill, push.again) == (CourierName.EMS, "EM1", False)
    assert {(each.step, each.trouble) for each in push.told} == {(Step.GIVE_BACK, Trouble.REFUSED)}
    again = bench.kuaidi100.push("EM1", status="abort", message="3天查询无记录")
    assert read_push(again["param"], again["sign"], kuaidi100_server.ACCOUNT.salt).again
    with pytest.raises(PushRefused):
        read_push(form["param"] + " ", form["sign"], kuaidi100_server.ACCOUNT.salt)
