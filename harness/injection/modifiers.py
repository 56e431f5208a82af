"""Adverbs and adjectives of the source that are left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit, Injector, Passage
from harness.injection.licences import find_licence
from harness.injection.words import Word, free, in_order, quotations, with_article, word_list, words

__all__ = ["OmittedModifier"]


@dataclass(frozen=True)
class OmittedModifier(Injector):
    """An adverb or adjective that is also in the source is omitted; the sentence stays complete."""

    name: ClassVar[str] = "omitted_modifier"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "omission"
    news_category: ClassVar[str] = "omission"
    severity: ClassVar = "minor"
    example: ClassVar[str] = "fell significantly → fell"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text, edits = passage.hypothesis, []
        for before, word, after in _neighbours(text):
            if not word.text.islower() or not free(text, word):
                continue
            if text[word.end : after.start] != " " or text[before.end : word.start] != " ":
                continue
            adjective = word.text in _ADJECTIVES
            cues = _ADJECTIVES.get(word.text) or _ADVERBS.get(word.text)
            if cues is None:
                continue
            if adjective:
                bare = after.text.islower() and after.lower not in _NO_NOUN
                fits = bare and before.lower not in _NO_ADJECTIVE
            else:
                fits = before.lower not in _NO_ADVERB_BEFORE and after.lower not in _NO_ADVERB_AFTER
            if not fits or any(a < word.start < b for a, b in quotations(text)):
                continue
            licence = find_licence(cues, passage.source)
            if licence is None:
                continue
            edit = with_article(text, word.start, after.start, "")
            edits.append(Edit(edit.start, edit.end, edit.text, *licence))
        return in_order(edits)


def _neighbours(text: str) -> Iterator[tuple[Word, Word, Word]]:
    found = words(text)
    yield from zip(found, found[1:], found[2:], strict=False)


#: Adjectives that may go, with what says them in the source.
_ADJECTIVES: dict[str, tuple[str, ...]] = {
    word: tuple(cues.split())
    for word, cues in {
        "important": "重要",
        "major": "主要 重大 重点 大型",
        "significant": "显著 重大 大幅 明显 重要",
        "severe": "严重 严厉 严峻",
        "serious": "严重 严峻 严肃 认真",
        "large": "大量 大型 大规模 大批 巨大 庞大 较大 大",
        "main": "主要 主题 主旨 首要",
        "current": "当前 目前 现有 现任 现行 现阶段",
        "recent": "最近 近日 近期 近年 近来 近几 近些 近两 近三 近五 近十",
        "further": "进一步 更多",
        "famous": "著名 知名 有名 名牌",
        "well-known": "知名 著名",
        "latest": "最新",
        "illegal": "非法 违法 违规",
        "foreign": "外国 国外 境外 海外 外籍 外资 外商 外交 外汇 外贸 对外 涉外",
        "domestic": "国内 境内 内需 内地",
        "senior": "高级 高层 资深 高管",
        "former": "前总统 前首相 前总理 前任 前主席 前部长 原任 前",
        "joint": "联合 共同 合资",
        "free": "免费 自由 无偿",
        "online": "线上 在线 网上 网络 网民",
        "global": "全球 世界",
        "international": "国际",
        "national": "国家 全国 民族",
        "local": "当地 地方 本地",
        "economic": "经济",
        "early": "初期 早期 年初 月初 上旬 早",
        "total": "总共 总计 共计 总数 总额 总量 总值 总",
        "traditional": "传统",
        "independent": "独立 自主",
        "advanced": "先进 高级",
        "young": "年轻 青年",
        "strong": "强烈 强劲 强大 强有力 坚强 强",
    }.items()
}
#: Adverbs that may go, with what says them in the source.
_ADVERBS: dict[str, tuple[str, ...]] = {
    word: tuple(cues.split())
    for word, cues in {
        "significantly": "显著 大幅 明显 大大",
        "greatly": "大大 极大 大幅 显著",
        "substantially": "大幅 显著",
        "sharply": "大幅 急剧 锐 猛",
        "dramatically": "大幅 急剧 剧烈",
        "rapidly": "迅速 快速 急速 飞速 迅猛",
        "quickly": "迅速 快速 很快 尽快 快",
        "slightly": "略 小幅 稍 轻微 微",
        "gradually": "逐渐 逐步 渐",
        "steadily": "稳步 平稳 稳定",
        "finally": "终于 最终 最后",
        "eventually": "最终 终于 终",
        "ultimately": "最终 归根",
        "suddenly": "突然 忽然",
        "immediately": "立即 立刻 马上 即刻 随即",
        "directly": "直接",
        "actively": "积极 主动",
        "effectively": "有效 切实",
        "fully": "充分 全面 完全",
        "completely": "完全 彻底",
        "thoroughly": "彻底 深入",
        "deeply": "深刻 深入 深切 深感 深深",
        "highly": "高度 非常 极 十分",
        "extremely": "极其 极为 非常 极度 极",
        "particularly": "特别 尤其 尤为",
        "especially": "尤其 特别 尤为",
        "specifically": "具体 专门",
        "generally": "一般 普遍 总体",
        "usually": "通常 一般",
        "frequently": "频繁 经常 频频 屡",
        "constantly": "不断 持续 一直",
        "continuously": "不断 持续 连续",
        "repeatedly": "多次 反复 一再 屡",
        "officially": "正式",
        "formally": "正式",
        "publicly": "公开",
        "jointly": "共同 联合",
        "successfully": "成功",
        "smoothly": "顺利 平稳",
        "carefully": "认真 仔细 精心 小心",
        "closely": "密切 紧密",
        "strictly": "严格 从严",
        "strongly": "强烈 坚决",
        "firmly": "坚定 坚决 牢牢",
        "clearly": "明确 清楚 清晰 明显",
        "obviously": "明显 显然",
        "seriously": "严重 认真",
        "severely": "严重 严厉",
        "widely": "广泛 普遍",
        "basically": "基本",
        "mainly": "主要",
        "primarily": "主要",
        "originally": "原本 原来 本来 原",
        "initially": "最初 起初 初步",
        "recently": "最近 近日 近期 日前 近来",
        "currently": "目前 当前 正在 现",
        "newly": "新",
        "simultaneously": "同时",
        "accordingly": "相应",
        "automatically": "自动",
        "personally": "亲自 亲 本人",
        "privately": "私下",
        "secretly": "秘密 暗中 偷偷",
        "safely": "安全",
        "calmly": "平静 冷静 镇定 从容",
        "scientifically": "科学",
        "properly": "妥善 正确 适当",
        "correctly": "正确",
        "accurately": "准确 精准",
        "precisely": "精准 精确 准确",
        "comprehensively": "全面",
        "vigorously": "大力 蓬勃",
        "resolutely": "坚决 坚定",
        "earnestly": "认真 切实",
        "truly": "真正 真",
        "really": "真正 真的 真 确实",
        "actually": "其实 实际 事实上",
        "absolutely": "绝对",
        "relatively": "相对 比较 较",
        "increasingly": "日益 越来越 愈",
        "merely": "仅 只",
        "simply": "简单 只 仅",
        "easily": "容易 轻松 轻易",
        "freely": "自由",
        "independently": "独立 自主",
        "illegally": "非法 违法 违规",
        "globally": "全球",
        "locally": "当地 本地",
        "nationally": "全国",
        "internationally": "国际",
        "temporarily": "暂时 临时",
        "permanently": "永久",
        "unanimously": "一致",
        "warmly": "热烈 热情",
        "sincerely": "真诚 衷心 诚挚",
        "heavily": "沉重 大量 严重",
        "eagerly": "热切 踊跃",
        "openly": "公开",
        "quietly": "悄悄 静静",
        "continually": "不断 持续",
        "urgently": "紧急 急需 迫切",
        "separately": "分别 单独",
        "entirely": "完全 全部",
        "largely": "大体 主要 很大程度",
        "broadly": "广泛",
        "solemnly": "郑重 庄严",
        "truthfully": "如实",
        "promptly": "及时 迅速 立即",
        "consistently": "一贯 始终",
        "naturally": "自然",
        "fundamentally": "根本",
        "commonly": "普遍 常",
        "normally": "正常 通常",
        "additionally": "此外 另外",
        "unfortunately": "遗憾 不幸",
        "tightly": "紧紧 紧密",
        "organically": "有机",
    }.items()
}
_NO_ADVERB_AFTER = frozenset(word_list("and or than as but because"))
_NO_ADVERB_BEFORE = frozenset(word_list("as so more most less how too very the not well is"))
_NO_ADJECTIVE = frozenset(
    word_list("as so more most less how too very is are was were be been and or not")
)
_NO_NOUN = frozenset(word_list("and or for to in of that than as on by at with from when"))
