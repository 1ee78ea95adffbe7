"""Words by which questions are told apart, English and Korean.  Compiled when first asked for."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_SOURCES: Final = {
    # Work on what the user brings along or wants made up: nothing of it is a fact of the world.
    "task": r"""
        \b(?:translate|summari[sz]e|rewrite|rephrase|proofread|refactor|paraphrase)\b
        |^(?:please\s+|can\ you\s+|could\ you\s+)?(?:write|compose|draft|imagine|pretend|invent
            |plan|fix|convert|calculate|compute|solve|debug|implement|train|sort|explain
        |define)\b
        |\b(?:short\ story|poem|haiku|regex|regular\ expression|function|variable|column
            |this\ (?:code|loop|query|text|paper|sentence)|pandas|my\ (?:novel|story|text
        |code))\b
        |\bdifference\ between\b|\bask\ me\b|\bmake\ me\ a\ plan\b
        |번역|요약|고쳐|다듬|바꿔\ ?줘|이야기를|소설|시를\ 써|메일을|코드|함수|변수|정규식
        |계획을
        |영어로|존댓말로|(?:한국어|일본어)로\ ?(?:써|바꿔)
        |지어\ ?줘|문제를\ 내|설명해|정렬|짜\ ?줘|써\ ?줘|계산
        """,
    # The user says it: look there.
    "web": r"""
        \b(?:search|look\ (?:it\ |this\ |that\ )?up|google|browse|check)\b.{0,40}
            \b(?:web|internet|online)\b
        |^(?:google|search\ for)\b
        |(?:웹|인터넷|온라인|구글).{0,30}(?:검색|찾아)
        """,
    # What changes every day, whatever words stand around it.
    "live": r"""
        \b(?:weather|forecast)\b.{0,30}\b(?:in|for|today|tomorrow|tonight|now|this)\b
        |\b(?:stock|share|bitcoin|gold|oil|ethereum|gas)\s+prices?\b|\bprices?\ of\ (?:gold
        |oil|bitcoin)
        |\bexchange\ rate\b|\bopening\ hours\b|\bstill\ alive\b
        |\bflights?\b.{0,40}\b(?:today|tomorrow)
        |\b(?:cheapest|cheap)\ (?:flights?|tickets?|hotels?)\b|\blottery\ numbers\b|\bpolls\b
        |\b(?:next|upcoming)\ (?:week|month|year|election|eclipse|match|game|launch|season
        |total|solar)\b
        |\bstill\ (?:supported|open|closed|available|married|alive|in\ office|running|banned)\b
        |\b(?:barrel|gallon|litre|liter|ounce)\ of\ (?:oil|gas|gold|petrol)\b
        |\b(?:mortgage|interest|gas|house|food)\ (?:rates|prices)\b.{0,20}\b(?:going|rising
        |falling)\b
        |\bwho\ (?:replaced|succeeded)\ the\b|\b(?:richer|richest|wealthiest)\b
        |\bneed\ a\ visa\b|\bis\ there\ (?:a|any)\ (?:vaccine|cure|treatment)\b
        |\bhas\ .{3,40}\ been\ (?:rebuilt|finished|released|approved|elected|found|sold
        |signed)\b
        |\byesterday's\ (?:match|game|vote|news)\b
        |\bany\ news\b|\bnews\ on\b|\bmarket\ cap\b
        |\bscore\ of\ the\b|\bwhat'?s\ new\ in\b|\bin\ cinemas\b
        |\binterest\ rates?\b.{0,40}\b(?:month|now)
        |\bbreaking\ news\b|\bnews\ (?:today|about)\b
        |(?:요금|보조금|등록금|월세|수수료|집값).{0,4}\ 얼마|지수\ (?:알려|얼마)
        |볼\ 만한\ (?:드라마|영화)
        |(?:새\ 모델|신형|신작|후속작).{0,4}\ 나왔|다음\ (?:올림픽|월드컵|총선|대선)|비행기\ 표
        |로또\ 번호|시가총액.{0,6}(?:얼마|몇)|다음\ .{0,10}(?:선거|경기|시즌|월식|일식
        |공연).{0,4}언제
        |주가\ ?(?:알려|얼마|는)|시세(?:$|는|가|\ 알려)|환율\ ?(?:얼마|이|은|알려)|개봉한|소식
        |날씨\ ?(?:어때|알려|는)|내일\ 비|신제품.{0,8}(?:나왔|뭐)
        """,
    "now": r"""
        \b(?:latest|newest|current(?:ly)?|recent(?:ly)?|lately|nowadays|right\ now
        |at\ the\ moment
            |as\ of\ (?:today|now)|today(?:'s)?|these\ days|now|still|yet
            |this\ (?:week|month|year|season)|last\ (?:week|month)|yesterday)\b
        |지금|현재|최신|최근|요즘|요새|오늘|올해|이번\ ?(?:주|달|시즌)|지난\ ?(?:주|달)
        |어제|아직
        """,
    # Things of the world that are other ones after a while.
    # Offices and posts: whoever has them now may be another one tomorrow.
    "office": r"""
        \bwho(?:'s|\ is|\ are)\ (?:the\ )?(?:current\ |new\ )?(?:president|prime\ minister
        |chancellor|king
            |queen|pope|ceo|chair|head|mayor|governor|coach|manager|captain|secretary
        |minister)\b
        |(?:대통령|총리|국왕|교황|사장|회장|대표|총장|장관|시장|감독|주장)(?:은|이|가)?\ ?누구
        """,
    # Something new, of a thing with a name.
    "fresh": r"""
        \b(?:latest|newest|new|current|this\ (?:week|month|year|season)|last\ (?:week
        |month)|today
            |yesterday|right\ now|recently|lately)\b
        """,
    "now_ko": r"""
        (?:지금|현재|요즘|요새|올해|이번\ ?(?:주|달)|오늘|최근)\ .{0,20}(?:어느|누구|몇
        |얼마|뭐|어디)
        """,
    "world": r"""
        \b(?:president|prime\ minister|chancellor|king|queen|pope|ceo|secretary[- ]general
        |minister
            |price|cost|costs|rate|rates|population|version|release[ds]?|model|models|news
        |happened
            |law|laws|tax|wage|league|season|champions?|championship|cup|election|elections|war
            |research|treatments?|earthquakes?|iphones?|ipads?|movies?|films?|songs?|album|score
            |merger|announced|lts|closed|open|gdp|record|leader|leads|standings|tournament
        |strike
            |pipeline|bank|banks|stock|market)\b
        |대통령|총리|왕|교황|사장|대표|사무총장|장관|가격|금리|인구|버전|뉴스|법|세금|임금|리그
        |우승|선거|전쟁|영화|노래|앨범|순위|1위|모델|지진|신제품|박물관|공연|경기|물가|점수
        """,
    # Things that are the user's own, or in the talk itself.
    "own": r"""
        \b(?:my|our|i|me|we|this\ game|these\ two|in\ this\ chat)\b
        |(?:좋을까|좋아|좋은가|나을까)\S{0,3}$|먹으면|어떻게\ 하|\bgood\ (?:style|names?
        |name)\b|\bin\ statistics\b|\bcircuit\b
        |(?:^|\s)(?:내|나는|나|우리|내가)\s|회로|기준금리가\ 뭐|기분|잠이|존댓말|창문
        """,
    "strong": r"""
        \b(?:i\ heard|president|announced|merger|election|prime\ minister|news)\b|대통령
        |뉴스|선거
        """,
    # References, which small models make up.
    "references": r"""
        \b(?:papers?|articles?|studies|books|references|citations?|sources|quotes?)\b.{0,60}
            \b(?:author|authors|year|publisher|pages?|doi|link|links|page\ count)\b
        |\bisbn\b|\bdoi\b|^quote\ what\b|\bwhat\ did\ .{2,40}\ say\ about\b
        |논문.{0,30}(?:저자|연도|링크)|참고\ ?문헌|isbn
        """,
    # Who, when, how many: asked about something with a name.
    "asks": r"""
        \b(?:who|whose|when|which\ year|what\ year|how\ (?:many|much|old|tall|high|long|far
        |deep|big)
            |name\ the|what\ (?:is|was)\ the\ (?:atomic|population|gdp|height|length|area
        |melting|boiling|date|age)
            |list\ the|date\ of)\b
        |누가|누구|언제|(?:한|된|은|난|진|던)\ 해는|몇\ ?(?:년|명|살|미터|킬로|개|월|세기
        |퍼센트)|몇\ mg|높이|날짜와|길이는|넓이는
        """,
    "wh": r"\b(?:who|what|which|when|where)\b|어느|얼마|무슨|어디",
    "dose": r"\b(?:mg|milligrams?|ml|dose|dosage)\b|몇\ ?(?:mg|밀리그램)|복용",
    "matter": r"""
        \b(?:melting|boiling|freezing)\ point\b|\batomic\ (?:weight|mass|number)\b|\bhalf-life\b
        |\bdensity\ of\b|녹는점|끓는점|원자량|반감기|밀도는
        """,
    "dated": r"\b(?:1\d|20)\d\d\b|(?<!\d)(?:1\d|20)\d\d년|\d{3,}\s?(?:미터|킬로|m\b|km\b)",
    "year": r"\b(?:1[0-9]|20)\d\d\b|(?<!\d)(?:1\d|20)\d\d년",
    "measure": r"몇 ?(?:년|미터|킬로|초|분|개|시간)\w{0,2}\??$|\bhow many\b|\byear comes\b",
    "polite": r"(?i:\b(?:tell|give|show|let)\ me\b|\bcan\ you\b)",
    # The answer says itself that it cannot know.
    "admits": r"""
        \b(?:knowledge|training)\b.{0,30}\b(?:cut-?off|ends?|until|data)\b
        |\b(?:can'?t|cannot|can\ not|don'?t\ have|unable\ to|no)\b.{0,40}
            \b(?:brows|look\ (?:that|it|this)\ up|real[- ]time|see\ the\ news|access\ to
        |internet|live)
        |실시간|볼\ 수\ 없|검색할\ 수\ 없|지식은|2024년\ 6월까지
        """,
    "unsure": r"""
        \bi\ (?:do\ not|don'?t)\ know\b|\bi'?m\ not\ sure\b|\b(?:cannot|can't)\ answer\b
        |모릅니다|모르겠|알\ 수\ 없
        """,
    "number": r"""
        \d{2,}|\d[.,]\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b
        |\d+\s?(?:개|명|골)
        """,
    "years": r"\b(?:20(?:2[5-9]|[3-9]\d))\b|(?<!\d)20(?:2[5-9]|[3-9]\d)년",
    "late_2024": r"""
        \b(?:july|august|september|october|november|december)\s+(?:\d{1,2},?\s+)?2024\b
        |2024년\ ?(?:7|8|9|10|11|12)월|\b2024-(?:0[7-9]|1[0-2])\b
        """,
    "given": r"```.*?```|`[^`]*`|“[^”]*”|\"[^\"]*\"|‘[^’]*’|(?<!\w)'[^']*'(?!\w)",
    "capitals": r"(?<!^)(?<![.!?]\s)\b[A-Z][\w'’.-]+",
    "names_ko": r"[가-힣]{2,}(?:은|는|이|가|의|을|를|호는|도)\s|[가-힣]{2,}\s[가-힣]+",
}

_EXACT: Final = frozenset({"capitals", "given"})


@cache
def pattern(name: str) -> re.Pattern[str]:
    """The pattern of a kind of words; but for capitals and quotations, of small letters.

    Raises:
        KeyError: there is none of this name, which is a mistake in code.
    """
    source = _SOURCES[name]
    flags = re.DOTALL if name in _EXACT else re.NOFLAG
    return re.compile(source, flags | re.VERBOSE if "\n" in source else flags)


def has(name: str, text: str) -> bool:
    """Whether a text has words of this kind."""
    # Small letters instead of a pattern that ignores case: it is several times as fast.
    return pattern(name).search(text if name in _EXACT else text.lower()) is not None
