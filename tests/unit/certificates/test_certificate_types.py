"""Types of certificates as data, digests, and codes of organisations."""

import pytest

from kiosk_server.certificates.certificate_types import (
    ISSUED_HERE,
    certificate_type,
    certificate_types,
)
from kiosk_server.certificates.digests import DigestAlgorithm, digest_of
from kiosk_server.certificates.metadata import (
    ELEMENT_NAMES,
    HOLDER_CODE_NAMES,
    Element,
    HolderCode,
)
from kiosk_server.core.errors import NotFound
from kiosk_server.core.organisation_codes import is_unified_code

ELEVEN = [
    "身份证电子证照", "电子社保卡", "医保电子凭证", "电子婚姻证", "电子驾驶证", "电子户口簿",
    "电子护照", "电子行驶证", "电子营业执照", "电子出生证", "电子预防接种证",
]  # fmt: skip


@pytest.mark.policy("P30")
def test_the_eleven_kinds_are_there() -> None:
    """The policy's eleven come first, in its order and by its names; then the proofs of here."""
    found = [each.names["zh"] for each in certificate_types().values()]
    assert found == [*ELEVEN, "本系统出具的证明"]


def test_only_certain_type_codes_are_shipped() -> None:
    """Two type codes are certain; no other one is made up."""
    codes = {each.id: each.code for each in certificate_types().values() if each.code}
    assert codes == {
        "id_card": "11100000000013127D001",
        "business_licence": "11100000MB0143028R001",
    }


@pytest.mark.policy("P37")
def test_no_type_has_a_field_for_the_ethnic_group() -> None:
    """What a type does not list is dropped as it is read, and none lists that."""
    words = {
        (field.id, name)
        for each in certificate_types().values()
        for field in each.fields
        for name in field.names.values()
    }
    unwanted = ("民族", "ethnic", "nation group", "照片", "photo", "指纹")
    assert [
        word for word in words if any(each in " ".join(word).lower() for each in unwanted)
    ] == []


def test_every_type_says_whom_to_ask_in_every_language() -> None:
    """Name, department, desk and fields stand in Chinese, Uyghur and English."""
    for each in certificate_types().values():
        wordings = [each.names, each.department.names, each.department.desk]
        wordings += [field.names for field in each.fields]
        assert all(set(words) == {"zh", "ug", "en"} for words in wordings), each.id
        assert each.department.phone


def test_an_unknown_type_is_not_found() -> None:
    """There is no type beside the data."""
    assert certificate_type(ISSUED_HERE).code is None
    with pytest.raises(NotFound):
        certificate_type("health_code")


def test_elements_and_holder_codes_have_their_names() -> None:
    """Every tag and every kind of holder's code has its name of the standard."""
    assert set(ELEMENT_NAMES) == set(Element)
    assert set(HOLDER_CODE_NAMES) == set(HolderCode)
    organisations = {code for code in HolderCode if code.of_organisation}
    assert organisations == {"001", "099"}


def test_digests_are_those_of_the_standards() -> None:
    """SM3 and SHA-256 of `abc` are the standards' own examples."""
    assert digest_of(b"abc", DigestAlgorithm.SM3).startswith("66c7f0f462eeedd9d1f2d46bdc10e4e2")
    assert digest_of(b"abc", DigestAlgorithm.SHA_256).startswith("ba7816bf8f01cfea414140de5dae2223")


@pytest.mark.parametrize(
    "code", ["91350100M000100Y43", "11100000000013338W", "11430000006122244L", "11653001MB1A00001L"]
)
def test_unified_codes_bear_their_check(code: str) -> None:
    """Real codes pass; one changed character does not, and neither does a letter outside."""
    assert is_unified_code(code)
    assert not is_unified_code(code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert not is_unified_code("I" + code[1:])
    assert not is_unified_code(code[:-1])
