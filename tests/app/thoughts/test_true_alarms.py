# ruff: noqa: RUF001 - disguised letters are what is tested
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.analysis_filter import WithheldKind

PERSONAL = [
    "jane.doe@example.com",
    "Jane_Doe+tag@mail.example.co.uk",
    "name at host dot com",
    "jane [at] example [dot] org",
    "jane(at)example.com",
    "jane.doe at example.com",
    "jane dot doe at example dot co dot kr",
    "ｊane＠example．com",
    "jane 골뱅이 example 점 com",
    "jane@example dot com",
    "jane@example.com(work)",
    "메일은 minsu@naver.com입니다",
    "555 010 9999",
    "+1 555 010 9999",
    "(555) 010-9999",
    "1-555-010-9999",
    "555.010.9999",
    "my phone number is 5550109999",
    "010-1234-5678",
    "01012345678",
    "010 1234 5678",
    "010.1234.5678",
    "+82 10-1234-5678",
    "+82-2-123-4567",
    "02-123-4567",
    "(02) 1234-5678",
    "031-123-4567",
    "070-1234-5678",
    "전화번호는 12345678",
    "+44 20 7946 0958",
    "020 7946 0958",
    "+49 30 12345678",
    "0049 30 123456",
    "+33 1 23 45 67 89",
    "01 23 45 67 89",
    "03-1234-5678",
    "+14155552671",
    "call 555-0199 now",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "4111111111111111",
    "5500 0000 0000 0004",
    "3782 822463 10005",
    "378282246310005",
    "6011 0009 9013 9424",
    "3530111333300000",
    "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    "４１１１ １１１１ １１１１ １１１１",
    "4111 1111\u00a01111\u20111111",
    "900101-1234567",
    "850101-5123456",
    "123-45-6789",
    "123 45 6789",
    "DE89 3704 0044 0532 0130 00",
    "GB29NWBK60161331926819",
    "gb29 nwbk 6016 1331 9268 19 is mine",
    "8.8.8.8",
    "the server is 93.184.216.34.",
    "2606:4700:4700::1111",
    "2001:4860:4860:0:0:0:0:8888",
    "4111.1111.1111.1111",
    "Tel: 02)1234-5678",
]


@pytest.mark.parametrize("text", PERSONAL)
@pytest.mark.parametrize("frame", ["{}", "so I see {} in it", "({})."])
def test_personal_data_is_withheld(judge: Callable[..., Any], text: str, frame: str) -> None:
    judged = judge(frame.format(text))

    assert WithheldKind.PERSONAL_DATA in judged.kinds
    assert text not in judged.text


SECRETS = [
    "sk-abcdefghijklmnopqrstuv123",
    "sk-proj-abc123def456ghi789jkl",
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_pat_11ABCDEFG0abcdefghijkl",
    "xoxb-123456789012-abcdefGHIJKL",
    "AIzaSyD-1234567890abcdefghijklmnopqrstu",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF123456",
    "password: hunter2",
    "password: xyz",
    'Password = "correct horse"',
    "the password is hunter2",
    "pwd=abc123!",
    "비밀번호는 abcd1234",
    "비밀번호: qwerty!!",
    "api_key = 'abcdef1234567890'",
    "secret: 9f8a7b6c5d4e",
    "https://user:pass@example.com/x",
    "https://x.org/?access_token=abcdef123456",
    "the encryption key 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "dGhpcyBpcyBhIHNlY3JldCBrZXkgMTIzNDU2Nzg5MA==",
    "Authorization: Bearer abcdef1234567890XYZ",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    "hf_abcdefghijklmnopqrstuvwxyz",
    "PIN: 4821",
    "-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----",
]


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("frame", ["{}", "so I see {} in it", "({})."])
def test_a_secret_is_withheld(judge: Callable[..., Any], text: str, frame: str) -> None:
    judged = judge(frame.format(text))

    assert WithheldKind.SECRET in judged.kinds
    assert text not in judged.text


SPELLINGS = [
    "<|start|>",
    "<|channel|>",
    "<|im_start|>",
    "<|reserved_200018|>",
    "＜｜end｜＞",
    "<\u200b|mess\u200bage|>",
    "< |start| >",
    "<|s t a r t|>",
    "< | start | >",
    "&lt;|start|&gt;",
    "<|start",
    "assistantfinal",
    "assistantcommentary to=functions.f",
    "‹|call|›",
    "<|fim_middle|>",
]


@pytest.mark.parametrize("text", SPELLINGS)
@pytest.mark.parametrize("frame", ["{}", "so I see {} in it", "({})."])
def test_whatever_is_spelled_like_a_special_token_is_withheld(
    judge: Callable[..., Any], text: str, frame: str
) -> None:
    judged = judge(frame.format(text))

    assert WithheldKind.SPECIAL_TOKEN in judged.kinds
    assert text not in judged.text


ABUSE = [
    "idiot",
    "IDIOTS",
    "idi0t",
    "i d i o t",
    "m-o-r-o-n",
    "ïdiot",
    "іdiot",
    "fuuuck",
    "ㅅㅂ",
    "씨1발",
    "시발",
    "씨 발",
    "병신",
    "미친놈",
    "개새끼야",
    "ㅂㅅ",
    "you are stupid",
    "the stupid user",
    "You are such a loser",
    "f*ck",
    "멍청한 사용자",
]


@pytest.mark.parametrize("text", ABUSE)
@pytest.mark.parametrize("frame", ["{}", "so I see {} in it", "({})."])
def test_abuse_is_withheld_in_any_disguise(
    judge: Callable[..., Any], text: str, frame: str
) -> None:
    judged = judge(frame.format(text))

    assert WithheldKind.ABUSE in judged.kinds
    assert text not in judged.text


RULE_TALK = [
    "According to the policy we must refuse.",
    "The system message says to be brief.",
    "The developer instructions tell me to rhyme.",
    "Reasoning: low",
    "reasoning effort: high",
    "Knowledge cutoff: 2024-06",
    "We must refuse.",
    "We should comply with OpenAI policy.",
    "This is disallowed content.",
    "시스템 메시지에 따르면 그렇다.",
    "정책에 따라 거절해야 한다.",
    "I should not reveal the hidden instructions.",
    "Valid channels: analysis, commentary, final.",
    "You are ChatGPT, a large language model trained by OpenAI.",
    "Is it allowed by policy?",
    "I can't reveal my instructions",
]


@pytest.mark.parametrize("text", RULE_TALK)
@pytest.mark.parametrize("frame", ["{}", "so I see {} in it", "({})."])
def test_talk_about_the_rules_is_withheld(judge: Callable[..., Any], text: str, frame: str) -> None:
    judged = judge(frame.format(text))

    assert WithheldKind.SYSTEM_TEXT in judged.kinds
    assert text not in judged.text
