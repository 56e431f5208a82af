"""Words and their opposites, with what in the source licenses each.

A pair counts only where the source holds one of its Chinese words, so that the meaning that is
turned round is one that the source has.
"""

from __future__ import annotations

__all__ = ["ANTONYMS", "Opposite"]

#: English word -> (opposite, the Chinese words one of which the source must hold).
Opposite = tuple[str, tuple[str, ...]]

# Chinese words of the first, of the second; then the pairs of English forms.
_PAIRS: tuple[tuple[str, str, str], ...] = (
    ("增 升 涨 提高 扩大 加大", "减 降 跌 下滑 缩",
     "increase/decrease increased/decreased increases/decreases increasing/decreasing rise/fall"
     " rose/fell rises/falls rising/falling risen/fallen higher/lower upward/downward"
     " growth/decline"),
    ("扩大 扩张 扩展", "缩小 收缩",
     "expand/shrink expanded/shrank expanding/shrinking expansion/contraction"),
    ("改善 好转 向好", "恶化", "improve/worsen improved/worsened improving/worsening"),
    ("加强 增强 强化", "削弱 减弱",
     "strengthen/weaken strengthened/weakened strengthening/weakening"),
    ("加快 加速", "放缓 减速 减缓",
     "accelerate/slow accelerated/slowed accelerating/slowing faster/slower"),
    ("多 超 余 以上", "少 不足 不到 以下", "more/less over/under above/below exceed/miss"),
    ("多 大", "少 小", "many/few majority/minority"),
    ("大", "小", "large/small larger/smaller largest/smallest big/small huge/tiny"),
    ("高", "低", "high/low highest/lowest highly/hardly"),
    ("强", "弱", "strong/weak stronger/weaker strongest/weakest"),
    ("快 迅速 速", "慢 缓", "quickly/slowly rapidly/slowly fast/slow rapid/slow quick/slow"),
    ("早", "晚", "early/late earlier/later"),
    ("新", "旧 老", "new/old newer/older newest/oldest"),
    ("长", "短", "long/short longer/shorter longest/shortest long-term/short-term"),
    ("前", "后", "before/after"),
    ("首 第一", "最后 末", "first/last"),
    ("开始 启动 开幕 开", "结束 闭幕 关",
     "begin/end began/ended begins/ends start/end started/ended starts/ends opened/closed"
     " opening/closing launched/cancelled"),
    ("进 入", "出", "inside/outside inbound/outbound entry/exit"),
    ("支持 赞成 同意 批准 拥护", "反对 拒绝 否决",
     "support/oppose supported/opposed supports/opposes supporting/opposing agreed/refused"
     " approved/rejected approval/rejection"),
    ("允许 可以 准", "禁止 不得 禁",
     "allow/forbid allowed/forbidden allows/forbids permitted/banned"),
    ("同意 接受", "拒绝", "accept/reject accepted/rejected accepting/rejecting"),
    ("成功", "失败 败", "success/failure successful/unsuccessful successfully/unsuccessfully"),
    ("赢 胜", "输 败 负", "win/lose won/lost winning/losing victory/defeat"),
    ("买 购", "卖 售 销", "buy/sell bought/sold buying/selling buyers/sellers buyer/seller"),
    ("安全", "危险", "safe/dangerous safely/dangerously"),
    ("有利 利好 积极", "不利 消极 负面 利空",
     "favorable/unfavorable positive/negative positively/negatively optimistic/pessimistic"),
    ("正常", "异常 不正常", "normal/abnormal normally/abnormally"),
    ("合法", "非法 违法", "legal/illegal legally/illegally"),
    ("公开", "秘密", "public/secret publicly/secretly open/secret"),
    ("容易 易", "难 困难", "easy/difficult easier/harder easily/hardly"),
    ("富", "贫 穷", "rich/poor wealthy/poor"),
    ("国内 境内", "国外 海外 境外", "domestic/foreign domestically/abroad"),
    ("城", "农村 乡", "urban/rural"),
    ("南", "北", "southern/northern south/north southward/northward"),
    ("东", "西", "eastern/western east/west"),
    ("左", "右", "left/right"),
    ("男", "女", "male/female men/women man/woman boys/girls"),
    ("盈利 利润 收益", "亏损", "profit/loss profits/losses profitable/unprofitable"),
    ("优势", "劣势",
     "advantage/disadvantage advantages/disadvantages advantageous/disadvantageous"),
    ("全部 所有 都 各", "无 没有 毫无", "always/never"),
    ("始终 一直 总是", "从未 从不", "always/never"),
    ("最好 更好 较好", "最差 更差 最坏", "best/worst better/worse"),
    ("稳定 平稳", "不稳定 动荡", "stable/unstable steadily/erratically"),
    ("直接", "间接", "direct/indirect directly/indirectly"),
    ("短期", "长期", "short-term/long-term temporary/permanent temporarily/permanently"),
    ("主要 重要", "次要", "important/unimportant significant/insignificant major/minor main/minor"),
    ("必要 必须", "不必", "necessary/unnecessary"),
    ("满意", "不满", "satisfied/dissatisfied satisfaction/dissatisfaction"),
    ("有效", "无效", "effective/ineffective effectively/ineffectively valid/invalid"),
    ("公平", "不公", "fair/unfair fairness/unfairness"),
    ("可能", "不可能", "possible/impossible likely/unlikely able/unable"),
    ("完整 完全 完", "不完", "fully/partly completely/partly"),
)  # fmt: skip

#: One way only: what the opposite would be is no plain word.
_ONE_WAY = frozenset(
    {"slow", "slowed", "slowing", "slowly", "tiny", "small", "never", "minor", "hardly",
     "secret", "poor", "banned", "refused", "cancelled", "miss", "foreign", "erratically", "partly",
     "abroad", "negative", "last", "ends", "ended", "end"}
)  # fmt: skip


def _table() -> dict[str, Opposite]:
    table: dict[str, Opposite] = {}
    for first, second, pairs in _PAIRS:
        for pair in pairs.split():
            one, other = pair.split("/")
            table.setdefault(one, (other, tuple(first.split())))
            if other not in _ONE_WAY:
                table.setdefault(other, (one, tuple(second.split())))
    return table


ANTONYMS: dict[str, Opposite] = _table()
