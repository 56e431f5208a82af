"""Words and their opposites, with what in the source licenses each.

A pair counts only if the source contains one of its Chinese cues (see
:mod:`harness.injection.licences`), so that the meaning that is reversed is in the source.
"""

from __future__ import annotations

__all__ = ["ANTONYMS", "Opposite"]

#: English word -> (opposite, the cues one of which the source must hold, the best first).
Opposite = tuple[str, tuple[str, ...]]

# Cues of the first, of the second (regular expressions; a single character only where no longer
# word would do); then the pairs of English forms. Of two rows with one form the first counts.
_PAIRS: tuple[tuple[str, str, str], ...] = (
    ("更高 较高 高于 走高 升高 上升 上涨 提高 升 涨", "更低 较低 低于 走低 降低 下降 下跌 降 跌",
     "higher/lower"),
    ("增长 上升 上涨 增 升 涨 提高 扩大 加大", "减少 下降 下跌 减 降 跌 下滑 萎缩 收缩 缩减",
     "increase/decrease increased/decreased increases/decreases increasing/decreasing rise/fall"
     " rose/fell rises/falls rising/falling risen/fallen upward/downward growth/decline"),
    ("扩大 扩张 扩展", "缩小 收缩",
     "expand/shrink expanded/shrank expanding/shrinking expansion/contraction"),
    ("改善 好转 向好", "恶化", "improve/worsen improved/worsened improving/worsening"),
    ("加强 增强 强化", "削弱 减弱",
     "strengthen/weaken strengthened/weakened strengthening/weakening"),
    ("加快 加速", "放缓 减速 减缓",
     "accelerate/slow accelerated/slowed accelerating/slowing faster/slower"),
    ("超过 逾 以上 多于 高于 大于 超出"
     r" 超[\d一二两三四五六七八九十百千万亿近] [\d十百千万亿年天][多余]",
     "不足 不到 以下 低于 少于 小于", "more/less over/under above/below exceed/miss"),
    ("许多 很多 众多 诸多 不少 大量 多个 多次 多种 多名 多家 多国 多地 多位 多项",
     "很少 少量 极少 少数", "many/few"),
    ("多数 大部分 大半", "少数 小部分", "majority/minority"),
    ("最大 第一大 第二大 第三大 首大", "最小", "largest/smallest"),
    ("更大 较大 大于 扩大 加大 增大", "更小 较小 小于", "larger/smaller"),
    ("巨大 庞大 大量 大型 大规模 大批 重大 较大 很大 大幅 大额 大", "小型 微小 较小 很小 小规模 小",
     "large/small big/small huge/tiny"),
    ("最高 新高", "最低 新低", "highest/lowest"),
    ("高度 较高 很高 极高 更高 极为 非常 极其", "难以", "highly/hardly"),
    ("高度 较高 更高 最高 很高 高达 偏高 高于 高位 高风险 高温 高额 高",
     "较低 更低 最低 很低 偏低 低于 低位 低", "high/low"),
    ("最强 强", "最弱 弱", "strong/weak stronger/weaker strongest/weakest"),
    ("迅速 快速 急速 飞速 快", "缓慢 慢", "quickly/slowly rapidly/slowly fast/slow rapid/slow"
     " quick/slow"),
    ("早期 初期 提早 提前 早些 最早 更早 及早 早", "晚期 后期 晚些 较晚 最晚 更晚 晚",
     "early/late earlier/later"),
    ("最新", "最老 最古老", "newest/oldest"),
    ("全新 新型 新", "旧 老", "new/old newer/older"),
    ("长期 长远", "短期", "long-term/short-term"),
    ("最长 更长 较长 长期 长时间 漫长 长", "最短 更短 较短 短期 短时间 短暂 短",
     "long/short longer/shorter longest/shortest"),
    ("之前 以前 此前 前", "之后 以后 此后 后", "before/after"),
    ("首次 首个 首位 首批 首届 第一 首", "最后 末", "first/last"),
    ("开幕 开业 开馆 开放 开启 开通 打开", "关闭 闭幕 关门 收盘", "opened/closed opening/closing"),
    ("启动 发射 推出 发起 开展 发动 上线 开始", "取消", "launched/cancelled"),
    ("开始 启动 开启 开幕 开工 着手", "结束 闭幕 终止",
     "begin/end began/ended begins/ends start/end started/ended starts/ends"),
    ("内部 里面 境内 以内 室内 之内", "外部 外面 之外 室外 境外", "inside/outside"),
    ("入境", "出境", "inbound/outbound"),
    ("进入 入境 入口 加入 入场", "退出 出口 出境 离境", "entry/exit"),
    ("支持 赞成 同意 批准 拥护", "反对 拒绝 否决",
     "support/oppose supported/opposed supports/opposes supporting/opposing agreed/refused"
     " approved/rejected approval/rejection"),
    ("允许 可以 准许 获准 准予", "禁止 不得 严禁 不准 禁令",
     "allow/forbid allowed/forbidden allows/forbids permitted/banned"),
    ("同意 接受", "拒绝", "accept/reject accepted/rejected accepting/rejecting"),
    ("成功", "失败", "success/failure successful/unsuccessful successfully/unsuccessfully"),
    ("获胜 战胜 取胜 胜利 夺冠 赢得 赢 胜", "失利 落败 战败 击败 失败 输 败 负",
     "win/lose won/lost winning/losing victory/defeat"),
    ("购买 收购 购入 采购 买 购", "出售 销售 卖 售 销",
     "buy/sell bought/sold buying/selling buyers/sellers buyer/seller"),
    ("安全", "危险", "safe/dangerous safely/dangerously"),
    ("有利 利好 积极", "不利 消极 负面 利空",
     "favorable/unfavorable positive/negative positively/negatively optimistic/pessimistic"),
    ("正常", "异常 不正常", "normal/abnormal normally/abnormally"),
    ("合法", "非法 违法", "legal/illegal legally/illegally"),
    ("公开", "秘密", "public/secret publicly/secretly open/secret"),
    ("容易 轻松 轻易 易于 简单 便利", "困难 艰难 难以 难",
     "easy/difficult easier/harder easily/hardly"),
    ("富裕 富人 富豪 富有 致富 富", "贫困 贫穷 贫 穷", "rich/poor wealthy/poor"),
    ("国内 境内", "国外 海外 境外", "domestic/foreign domestically/abroad"),
    ("城市 城镇 城乡 城区", "农村 乡村 乡镇 城乡", "urban/rural"),
    ("南部 南方 南", "北部 北方 北", "southern/northern south/north southward/northward"),
    ("东部 东", "西部 西", "eastern/western east/west"),
    ("左", "右", "left/right"),
    ("男", "女", "male/female men/women man/woman boys/girls"),
    ("盈利 利润 收益", "亏损", "profit/loss profits/losses profitable/unprofitable"),
    ("优势", "劣势",
     "advantage/disadvantage advantages/disadvantages advantageous/disadvantageous"),
    ("始终 一直 总是 永远 历来", "从未 从不", "always/never"),
    ("最好 更好 较好", "最差 更差 最坏", "best/worst better/worse"),
    ("稳定 平稳", "不稳定 动荡", "stable/unstable steadily/erratically"),
    ("直接", "间接", "direct/indirect directly/indirectly"),
    ("临时 暂时 短期", "长期 永久", "temporary/permanent temporarily/permanently"),
    ("重要", "次要", "important/unimportant"),
    ("重大 重要 显著 意义", "微不足道", "significant/insignificant"),
    ("重大 主要 重点", "次要 轻微", "major/minor"),
    ("主要 主题 主旨 主体 首要", "次要", "main/minor"),
    ("必要 必须", "不必", "necessary/unnecessary"),
    ("满意", "不满", "satisfied/dissatisfied satisfaction/dissatisfaction"),
    ("有效", "无效", "effective/ineffective effectively/ineffectively valid/invalid"),
    ("公平", "不公", "fair/unfair fairness/unfairness"),
    ("可能", "不可能", "possible/impossible likely/unlikely able/unable"),
    ("完整 完全 全面 彻底", "部分", "fully/partly completely/partly"),
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
