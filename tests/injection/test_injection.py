"""Each injector puts in its error where the source licenses it, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.injection import Passage
from harness.ratings.views import Error, News
from harness.test_sets.taxonomy import TAXONOMY
from tests.support.all_injectors import INJECTORS, check

#: Injector, source, translation, one corrupted translation that it must be able to make.
FIRES = [
    (
        "digit",
        "33万余名学生受益",
        "Over 330,000 students have benefited.",
        "Over 830,000 students have benefited.",
    ),
    ("digit", "增长5.3%", "It grew by 5.3%.", "It grew by 8.3%."),
    ("number_word", "工作开展七年多来", "for more than seven years", "for more than eight years"),
    ("number_word", "三分之一的学校", "one-third of schools", "two-thirds of schools"),
    ("number_word", "三分之二的学校", "Two-thirds of schools", "One-third of schools"),
    ("ordinal", "第三期在石家庄举行", "The third session was held", "The fourth session was held"),
    ("ordinal", "第16届论坛", "the 16th forum", "the 17th forum"),
    ("ordinal", "首次举行", "held for the first time", "held for the second time"),
    ("magnitude", "观看达279.7万人次", "2.797 million views", "2.797 billion views"),
    ("magnitude", "33万名学生", "330,000 students", "33,000 students"),
    ("magnitude", "14亿人", "1.4 billion people", "1.4 million people"),
    ("percent", "增长8.6%", "up 8.6% this year", "up 8.6 this year"),
    ("percent", "增长百分之三十", "up 30 percent", "up 30 percentage points"),
    ("percent", "提高2个百分点", "up 2 percentage points", "up 2 percent"),
    ("year", "2022年6月15日", "on June 15, 2022", "on June 15, 2012"),
    ("month", "2022年6月15日", "on June 15, 2022", "on July 15, 2022"),
    ("day", "2022年6月15日", "on June 15, 2022", "on June 16, 2022"),
    ("day", "11日消息", "on the 11th", "on the 12th"),
    ("weekday", "周五表示", "said on Friday", "said on Thursday"),
    ("hallucinated_year", "去年收到", "received last year", "received in 2011"),
    ("hallucinated_year", "2月10日", "on February 10", "on February 10, 2007"),
    ("clock", "下午3时30分", "at 3:30 p.m. today", "at 4:30 p.m. today"),
    ("clock", "下午3时30分", "at 3:30 p.m. today", "at 3:30 a.m. today"),
    ("clock_format", "让“三点半”难题不再难", 'the "3:30" problem', 'the "three:30" problem'),
    ("unit", "全长120公里", "120 kilometers long", "120 miles long"),
    ("unit", "种植500亩", "planted 500 mu of trees", "planted 500 hectares of trees"),
    ("unit", "七年多来", "more than seven years", "more than seven months"),
    ("currency", "投资500万元", "invested 5 million yuan", "invested 5 million dollars"),
    ("currency", "315.1亿美元", "worth $31.51 billion", "worth ¥31.51 billion"),
    (
        "name_swap",
        "中国向日本出口汽车",
        "China exports cars to Japan.",
        "Japan exports cars to China.",
    ),
    ("name_order", "处长郭立森指出", "Guo Lisen said", "Lisen Guo said"),
    ("name_order", "（通讯员 叶辉）", "(Correspondent Ye Hui)", "(Correspondent Hui Ye)"),
    ("name_split", "河北省“燕赵双减在行动”", "Yanzhao in Action", "Yan Zhao in Action"),
    ("transliteration", "处长郭立森指出", "Guo Lisen said", "Guo Liseng said"),
    ("place_segmentation", "石家庄市长安区", "in Chang'an District", "in Mayor An District"),
    ("place_segmentation", "在石家庄举行", "held in Shijiazhuang", "held in Shi Jiazhuang"),
    (
        "place_segmentation",
        "广东省政府",
        "the Guangdong Province government",
        "the Guang Dongsheng government",
    ),
    ("place_literal", "在石家庄举行", "held in Shijiazhuang", "held in Shi family village"),
    ("similar_name", "河南的学校", "schools in Henan", "schools in Hunan"),
    (
        "similar_name",
        "世卫组织表示",
        "the World Health Organization said",
        "the World Trade Organization said",
    ),
    ("slogan_pinyin", "双减政策", 'the "double reduction" policy', 'the "Shuangjian" policy'),
    (
        "slogan_literal",
        "让双减真正落地",
        "so that it is put into practice",
        "so that it is landed on the ground",
    ),
    ("slogan_literal", "双减政策", "Double reduction works", "Double minus works"),
    ("title", "基础教育处处长", "head of the division", "section chief of the division"),
    ("title", "外交部发言人", "The spokesperson said", "The deputy spokesperson said"),
    ("term", "同比增长5%", "rose 5% year-on-year", "rose 5% month-on-month"),
    ("term", "贸易顺差扩大", "A trade surplus", "A trade deficit"),
    ("untranslated", "课后服务", "after-school services", "课后服务"),
    ("untranslated", "处长郭立森指出", "Guo Lisen said", "郭立森 said"),
    ("gender", "他表示", "He said so", "She said so"),
    ("gender", "她的父亲", "with her father", "with his father"),
    ("gender", "告诉她", "He told her that", "He told him that"),
    ("gender", "孙先生表示", "Mr. Sun said", "Ms. Sun said"),
    ("antonym", "出口增加", "Exports increased sharply", "Exports decreased sharply"),
    ("antonym", "增加", "led to an increase in", "led to a decrease in"),
    ("antonym", "南部地区", "in the southern region", "in the northern region"),
    ("antonym", "超过5万", "more than 50,000 people", "less than 50,000 people"),
    ("negation", "将启动", "It will be launched", "It will not be launched"),
    ("negation", "可以", "It can be launched", "It cannot be launched"),
    ("negation", "难题不再难", "It is not hard", "It is hard"),
    ("negation", "没有参加", "They did not call him", "They called him"),
    (
        "omitted_clause",
        "x",
        "He spoke at the forum today, which was held online for everyone.",
        "He spoke at the forum today.",
    ),
    (
        "omitted_clause",
        "x",
        "On the afternoon of June 15, the forum was held in Hebei.",
        "The forum was held in Hebei.",
    ),
    (
        "omitted_clause",
        "x",
        "The forum was held today. It was the third one held.",
        "The forum was held today.",
    ),
    (
        "omitted_item",
        "校长、教师、家长和学生",
        "praised by the principals, teachers, parents and students",
        "praised by the principals, parents and students",
    ),
    (
        "omitted_modifier",
        "大幅下降",
        "Exports fell significantly last year.",
        "Exports fell last year.",
    ),
    ("omitted_modifier", "他终于到达", "He finally arrived there", "He arrived there"),
    ("omitted_modifier", "冷静回答", "He answered calmly today", "He answered today"),
    ("antonym", "提高高度", "a high degree of trust", "a low degree of trust"),
    ("antonym", "100多人", "over 100 people", "under 100 people"),
    ("antonym", "大学最大的", "the largest plan", "the smallest plan"),
    ("noun_number", "x", "in 2,022 schools", "in 2,022 school"),
    ("omitted_modifier", "重要讲话", "gave an important speech", "gave a speech"),
    (
        "added_clause",
        "论坛举行",
        "The forum was held in Hebei on Monday.",
        "The forum was held in Hebei on Monday, according to people familiar with the matter.",
    ),
    ("boilerplate", "论坛举行", "It was held.", "It was held. Click here to read the full story."),
    (
        "repetition",
        "x",
        "the service mechanism here",
        "the service mechanism service mechanism here",
    ),
    ("tense", "x", "It was held on June 15.", "It is held on June 15."),
    ("tense", "x", "It has grown since the reform.", "It grows since the reform."),
    ("verb_form", "x", "It has increased by half.", "It has increase by half."),
    ("verb_form", "x", "It will increase by half.", "It will increased by half."),
    ("agreement", "x", "The students have benefited.", "The students has benefited."),
    ("agreement", "x", "It said that it is hard.", "It said that it are hard."),
    ("noun_number", "x", "330,000 students have", "330,000 student have"),
    ("noun_number", "x", "two countries", "two country"),
    ("article", "x", "It has a plan now.", "It has plan now."),
    ("article", "x", "It has a plan now.", "It has an plan now."),
    ("article", "x", "held in China.", "held in the China."),
    ("preposition", "x", "They participate in it.", "They participate on it."),
    ("preposition", "x", "held on June 15", "held in June 15"),
    ("word_order", "x", "a new plan for schools", "a plan new for schools"),
    ("word_order", "x", "It will be held.", "It be will held."),
    ("typo", "x", "off-campus education", "off-campus edcuation"),
    ("capital", "在河北", "held in Hebei", "held in hebei"),
    ("capital", "x", "the activity was held", "the Activity was held"),
    ("missing_space", "x", "Author: Yueyang Daily", "Author:Yueyang Daily"),
    ("hyphen_space", "x", "after-school services", "after -school services"),
    ("full_width", "x", "teachers, parents", "teachers，parents"),
    ("final_stop", "在石家庄举行。", "It was held.", "It was held"),
    ("quotation_marks", "“双减”", 'the "double reduction" policy', "the double reduction policy"),
    ("apostrophe", "x", "China's economy", "Chinas economy"),
]

#: Injector, source, translation in which it must find no place.
HOLDS = [
    ("digit", "学生受益", "Over 330,000 students"),  # no number in the source
    ("digit", "32万名", "Over 330,000 students"),  # another number
    ("digit", "2022年", "in 2022"),  # a date
    ("digit", "G20峰会", "the G20 summit"),  # a part of a name
    ("digit", "新冠19", "COVID-19"),
    ("number_word", "一所学校", "one school"),
    ("number_word", "七所学校", "eight schools"),
    ("ordinal", "第三期", "the fourth session"),
    ("ordinal", "首先", "at first"),
    ("magnitude", "5000名学生", "5,000 students"),  # no 万
    ("magnitude", "33万名学生", "some students"),
    ("percent", "增长5人", "up 5%"),
    ("percent", "增长5%", "up 5 people"),
    ("year", "2021年", "in 2022"),
    ("year", "2022名学生", "2,022 students"),
    ("month", "5月", "it may be held"),
    ("month", "7月", "in June"),
    ("day", "6月15日", "on June 16"),
    ("day", "15人", "in 15 schools"),
    ("weekday", "周四", "on Friday"),
    ("hallucinated_year", "2022年6月15日", "on June 15"),  # the source has the year
    ("hallucinated_year", "6月15日", "on June 15, 2022"),
    ("clock", "3人", "at 3:30"),
    ("clock", "三点半", "at 8:15"),
    ("clock_format", "增长3.5点", "up 3.5 points"),
    ("unit", "120个学校", "120 schools"),
    ("unit", "120公里", "100 kilometers"),
    ("currency", "500万人", "5 million people"),
    ("currency", "500元", "600 yuan"),
    ("name_swap", "中国和日本", "China and Japan agree"),  # the order says nothing
    ("name_swap", "中国、日本、韩国", "China, Japan and South Korea agree"),
    ("name_swap", "中国", "China exports cars to Japan"),  # one is not in the source
    ("name_order", "北京", "Bei Jing"),  # no family name
    ("name_order", "处长指出", "Guo Lisen said"),
    ("name_split", "美国", "America said"),
    ("name_split", "学校", "The School"),
    ("transliteration", "指出", "Guo Lisen said"),
    ("place_segmentation", "长安区", "in the district"),
    ("place_segmentation", "巴黎", "in Paris"),
    ("place_literal", "在保定举行", "held in Shijiazhuang"),
    ("similar_name", "河南", "schools in Hebei"),
    ("similar_name", "河南和湖南", "from Henan to Hunan"),  # the other is there already
    ("slogan_pinyin", "政策", 'the "double reduction" policy'),
    ("slogan_literal", "落地窗", "a French window"),
    ("slogan_literal", "双减", "the policy"),
    ("title", "校门", "head of the division"),
    ("title", "主席", "the vice chairman"),
    ("term", "增长5%", "rose 5% year-on-year"),
    ("untranslated", "服务", "after-school services"),
    ("gender", "其他人表示", "He said so"),
    ("gender", "他们表示", "They said so"),
    ("antonym", "出口", "Exports increased sharply"),  # nothing in the source increases
    ("antonym", "韩国增加", "South Korea"),  # in a name
    ("antonym", "北部", "in North Macedonia"),
    ("antonym", "增加", 'said "they increased" it'),  # quoted
    ("antonym", "前", "before-tax"),
    ("antonym", "课后服务", "the after -school service"),
    ("antonym", "大学和高铁", "the largest plan"),  # 大 and 高 in other words
    ("antonym", "大学", "a large plan"),
    ("antonym", "多个城市的人", "over 100 people"),  # 多 is no "more than"
    ("antonym", "提高水平", "with a high degree of trust"),
    ("antonym", "部长出席", "a long meeting"),
    ("antonym", "主任讲话", "the main plan"),
    ("antonym", "很不稳定", "a stable plan"),
    ("negation", "不", "not only here"),
    ("negation", "是吗？", "Is it so?"),
    ("negation", "没有", "There are no plans"),
    ("negation", "他将", "He will"),
    ("omitted_clause", "x", "It was held online."),
    ("omitted_clause", "x", "In China, Japan and South Korea, prices rose again."),
    ("omitted_item", "校长和教师", "principals and teachers"),
    ("omitted_item", "校长、教师", "Yesterday, teachers and parents met"),
    ("omitted_modifier", "x", "a family supply"),
    ("omitted_item", "校长、教师", "by principals, teachers, parents and students"),  # too few
    (
        "omitted_item",
        "所有会议、会谈、活动中，总理与代表会面",
        "In all meetings and talks, Prime Minister Doe and the leaders of Ruritania met.",
    ),
    ("omitted_item", "茶、米、油", "In tea, rice, and oil it was strong."),  # a preposition opens
    ("omitted_item", "茶、米、油", "He liked tea, prices rose, and trade grew."),  # a verb
    ("omitted_item", "茶、米、油", "He liked tea, rice, and the oil."),  # not parallel
    ("omitted_modifier", "讲话", "gave an important speech"),
    ("omitted_modifier", "要深入学习", "an important speech"),
    ("omitted_modifier", "主任讲话", "gave the main speech"),
    ("omitted_modifier", "最近的讲话", "gave the latest speech"),
    ("omitted_modifier", "大学讲话", "gave a large speech"),
    ("omitted_modifier", "目前讲话", "gave a former speech"),
    ("omitted_modifier", "讲话", "He was finally heard again"),  # no cue
    ("omitted_modifier", "讲话", "He spoke calmly there"),
    ("omitted_modifier", "讲话", "It was scientifically proven"),
    ("added_clause", "x", "Hebei Innovates"),
    ("repetition", "x", "It is so"),
    ("tense", "x", "It was held."),
    ("tense", "x", "It was unclear on Friday."),
    ("tense", "x", 'He said "it was held" on June 15'),
    ("verb_form", "x", "It has a plan."),
    ("verb_form", "x", "access to support."),
    ("agreement", "x", "The number of students have risen."),
    ("agreement", "x", "The government is here."),
    ("noun_number", "x", "one student"),
    ("noun_number", "x", "two series"),
    ("noun_number", "x", "trade in 2022 hits record levels"),
    ("noun_number", "x", "rule number 12 hits a new high"),  # a verb
    ("article", "x", "a few plans"),
    ("article", "x", "China market"),
    ("preposition", "x", "It was here."),
    ("word_order", "x", "new plans old"),
    ("typo", "x", "It was held"),
    ("capital", "x", "we met them"),
    ("missing_space", "x", "It grew by 3.5 points"),
    ("hyphen_space", "x", "A - B"),
    ("full_width", "x", "It grew by 3.5 points"),
    ("final_stop", "标题", "It was held."),  # the source has none
    ("final_stop", "举行。", "It was held"),
    ("quotation_marks", "双减", 'the "double reduction" policy'),
    ("apostrophe", "x", "it's here"),
]


def made(name: str, source: str, hypothesis: str) -> list[str]:
    """Every corrupted translation that the injector can make."""
    passage = Passage("1", source, hypothesis)
    return [
        hypothesis[: e.start] + e.text + hypothesis[e.end :] for e in INJECTORS[name].sites(passage)
    ]


@pytest.mark.parametrize(("name", "source", "hypothesis", "wanted"), FIRES)
def test_fires(name: str, source: str, hypothesis: str, wanted: str) -> None:
    assert wanted in made(name, source, hypothesis)


@pytest.mark.parametrize(("name", "source", "hypothesis"), HOLDS)
def test_holds(name: str, source: str, hypothesis: str) -> None:
    assert made(name, source, hypothesis) == []


def test_every_injector_is_tested_both_ways() -> None:
    assert {row[0] for row in FIRES} == set(INJECTORS)
    assert set(INJECTORS) - {row[0] for row in HOLDS} <= {"boilerplate"}  # fits everywhere


@pytest.mark.parametrize("name", INJECTORS)
def test_labels(name: str) -> None:
    injector = INJECTORS[name]
    assert injector.name == name
    assert injector.subcategory in TAXONOMY[injector.category]
    assert " → " in injector.example
    error = Error(injector.category, injector.subcategory, injector.severity, "", ())
    # The view sees number and name in the marked text; otherwise the labels say the category.
    assert injector.news_category in {News().category(error), "number", "name"}


SOURCE_PARTS = (
    "2022年6月15日",
    "33万余",
    "279.7万",
    "三分之一",
    "百分之三十",
    "5.3%",
    "第三",
    "首次",
    "三点半",
    "元",
    "公里",
    "亩",
    "河北省",
    "石家庄市长安区",
    "郭立森",
    "双减",
    "课后服务",
    "他",
    "她",
    "不",
    "增加",
    "减少",
    "、",
    "“",
    "。",
    "去年",
    "周五",
    "中国",
    "日本",
    "北京",
    "两",
    "年",
    "个百分点",
    "x",
    " ",
    "\u2028",
    "é",
    "😀",
)
TARGET_PARTS = (
    "June 15, 2022",
    "330,000",
    "2.797 million",
    "one-third",
    "30 percent",
    "5.3%",
    "the third",
    "3:30 p.m.",
    "yuan",
    "kilometers",
    "mu",
    "Hebei Province",
    "Shijiazhuang",
    "Chang'an District",
    "Guo Lisen",
    "China",
    "Japan",
    '"double reduction"',
    "after-school services",
    "he",
    "she",
    "not",
    "is",
    "has increased",
    "will",
    "increase",
    "students",
    "a",
    "an",
    "the",
    "new plan",
    "of",
    ",",
    ".",
    " ",
    "last year",
    "Friday",
    "Beijing",
    "exports to",
    "and",
    "which was held",
    "\u2028",
    "é",
    "😀",
    "\t",
    "’s",
    "“",
    "”",
    "(",
    ")",
)


@given(
    st.lists(st.sampled_from(SOURCE_PARTS), max_size=12),
    st.lists(st.sampled_from(TARGET_PARTS), max_size=20),
    st.sampled_from(["", " "]),
)
def test_invariants_on_made_up_text(source: list[str], target: list[str], gap: str) -> None:
    passage = Passage("7", "".join(source), gap.join(target))
    for injector in INJECTORS.values():
        check(injector, passage)


@given(st.text(), st.text())
def test_invariants_on_any_text(source: str, target: str) -> None:
    for injector in INJECTORS.values():
        check(injector, Passage("7", source, target))
