"""What in a source licenses an error: cues, and the words inside which a cue does not count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["COMPOUNDS", "find_licence"]

#: Character -> words that hold it in another sense; a cue of this one character inside one of them
#: licenses nothing.
COMPOUNDS: dict[str, tuple[str, ...]] = {
    character: tuple(listed.split())
    for character, listed in {
        "大": "大学 大会 大家 大陆 大使 大臣 大师 大楼 大厦 大厅 大街 大道 大桥 大赛 大奖 大众"
        " 大夫 大熊猫 大选 大连 大庆 大同 大理 大阪 大洋 大西洋 大湾区 大概 大约 大致 大都 大多"
        " 大地 大自然 大豆 大米 大蒜 大巴 大唐 大革命 大满贯 大数据 大气 大力 加拿大 澳大利亚"
        " 意大利 人大 北大 扩大 增大 加大 放大 伟大",
        "小": "小学 小时 小组 小区 小姐 小麦 小米 小说 小吃 小康 小龙 小镇 小伙 小孩 小朋友 小心"
        " 小儿 小型车 小程序 小视频 小红书 缩小 减小 胆小",
        "高": "提高 高校 高考 高铁 高速 高级 高层 高峰 高中 高等 高兴 高新 高端 高原 高雄 高管"
        " 高手 高尔夫 高尚 高明 高通 高盛 高院 高棉 高加索 高血压 高压 崇高 登高 升高 增高 拔高"
        " 跳高",
        "低": "降低 减低 低头 低碳 低调 低保 贬低",
        "强": "加强 增强 强调 强化 强制 强奸 强国 强迫 强行 强军 强省 强市 强企 强盗 列强 富强"
        " 勉强",
        "弱": "削弱 减弱 示弱",
        "快": "加快 尽快 快递 快报 快讯 快餐 快手 快乐 愉快 痛快 快车 快门 凉快 爽快 赶快",
        "慢": "慢性 怠慢 傲慢 放慢 减慢",
        "早": "早报 早餐 早安 早盘 早上 早晨 早饭 清早 早班 早间",
        "晚": "晚会 晚报 晚上 傍晚 夜晚 今晚 昨晚 明晚 晚餐 晚饭 晚间 当晚 晚宴 晚安 晚年 晚班",
        "新": "新华 新闻 新冠 新疆 新加坡 新西兰 新浪 创新 更新 重新 最新 新德里 新泽西 新奥尔良"
        " 新北 新乡 新余 新型冠状 新罕布什尔 新墨西哥 维新 清新 新手 新郎 新娘 新鲜 刷新 革新"
        " 翻新 新京报 高新 新台币 新三板 马新 新民 新城",
        "老": "老师 老百姓 老挝 老板 养老 老年 老人 老虎 老婆 老公 老家 老乡 老鼠 老兵 老将 老大"
        " 衰老 长老 元老 父老",
        "长": "校长 部长 局长 市长 省长 院长 会长 处长 厅长 董事长 长江 长沙 长春 长安 长城 长征"
        " 长三角 增长 成长 家长 队长 船长 司长 州长 议长 行长 社长 组长 署长 秘书长 站长 团长"
        " 所长 科长 县长 镇长 村长 机长 店长 馆长 班长 首长 酋长 擅长 长老 生长 助长 特长 专长"
        " 长官 长大 长辈 长子 长女 区长 乡长 总长 理事长 裁判长 工长 长白山 长治 长虹 外长 防长"
        " 财长 参谋长 干事长 委员长",
        "短": "短信 短视频 短片 短缺 缩短 短板",
        "前": "目前 当前 日前 前往 前锋 前线 前景 提前 前提 前进 前沿 前来 前所 空前 前总统"
        " 前首相 前总理 前任 前者 前身 前述 前瞻 眼前 面前 前后 前日 前天 前年 前期 前主席 史前"
        " 前妻 前夫 前列 前方 前台 前两 前三 前几 前十 前五 前途 前夕 前言 跟前 门前 前门",
        "后": "最后 后来 后者 后续 后果 背后 落后 后方 后台 后卫 后备 后援 先后 前后 后代 后勤"
        " 后悔 后天 后年 后期 皇后 王后 后盾 后人 后裔 太后 后端 后院 幕后",
        "首": "首都 首相 首席 首尔 首脑 首要 元首 首府 首领 首长 首钢 首饰 首页 首付 首先 首创"
        " 首富 自首 首义 首屈一指",
        "末": "周末 末日 期末 始末 本末 粉末",
        "增": "增强 增值 增补 增设 增光",
        "升": "升级 升旗 公升 升学 晋升 毫升 升空 升华 升职 升任",
        "减": "双减 减肥 减灾 减刑 减震 减速",
        "降": "降落 投降 降临 降雨 降水 降雪 霜降 降生 空降",
        "跌": "跌倒 跌落 跌宕",
        "胜": "名胜 胜任 胜地 胜诉 不胜",
        "败": "腐败 败血 败坏 败诉",
        "输": "运输 传输 输出 输入 输送 输液 输血 输电 输油 输气",
        "负": "负责 负面 负担 抱负 负债 负荷 负有 肩负 负压 负离子 自负 负伤 背负 担负 辜负 欺负"
        " 减负",
        "赢": "双赢 共赢 多赢 赢得",
        "买": "买单 买账 收买",
        "销": "撤销 注销 报销 营销 吊销 抵销 勾销 经销 开销",
        "难": "难民 灾难 遇难 罹难 海难 空难 责难 苦难 难免 难道 难题 难忘 难得 疑难",
        "富": "丰富 财富 富士 富汗 富含 富商 富强 富饶 富力 富国 富山",
        "穷": "无穷 不穷 穷尽",
        "南": "越南 河南 湖南 海南 云南 济南 南京 南昌 南宁 南非 指南 南通 南开 东南 西南 南阳"
        " 南斯拉夫 南平 南充 南苏丹 南沙 南航 南华",
        "北": "北京 湖北 河北 台北 北约 东北 西北 北大 北汽 北斗 北航 北海 北师 新北 北洋 北平"
        " 淮北",
        "东": "广东 山东 东京 东方 东盟 股东 京东 中东 房东 东莞 东风 东西 关东 东南 东北 东亚"
        " 东道 东营 东航 东升 东兴 丹东 东帝汶 浦东 华东",
        "西": "西安 西藏 广西 山西 陕西 江西 巴西 西班牙 西方 墨西哥 东西 马来西亚 西红柿 法西斯"
        " 西瓜 西雅图 西湖 西宁 西南 西北 西医 西装 西兰 西门子 密西西比 西里西亚 浙西 西洋 西甲"
        " 西昌 定西",
        "左": "左右",
        "右": "左右",
        "男": "男爵",
        "女": "子女 女儿 女士 女婿 侄女 妇女节 女王",
        "总": "总统 总理 总部 总裁 总经理 总监 总局 总台 总署 总是 总结 总会 总工会 总领事 总督"
        " 总之 总司令 总参谋 总编 总决赛 总务 总干事 总设计 总书 总教练 总导演 总行 总体 总装",
    }.items()
}


def find_licence(cues: Sequence[str], source: str) -> tuple[int, int] | None:
    """The span of the first of ``cues`` (regular expressions) that ``source`` holds.

    A negated cue (不稳定 for 稳定) does not count, nor does a single character inside a word of
    :data:`COMPOUNDS` (大 in 大学). None if there is no cue.
    """
    for cue in cues:
        for match in _compiled(cue).finditer(source):
            start, end = match.span()
            negated = (
                start > 0 and source[start - 1] in "不未没非" and source[start] not in "不未非"
            )
            if start == end or negated:
                continue
            if end - start == 1 and _inside(source, start):
                continue
            return start, end
    return None


@lru_cache(maxsize=1024)
def _compiled(cue: str) -> re.Pattern[str]:
    return re.compile(cue)


def _inside(source: str, place: int) -> bool:
    """Whether the character at ``place`` stands in one of its compounds."""
    for word in COMPOUNDS.get(source[place], ()):
        begin = max(0, place - len(word) + 1)
        if word in source[begin : place + len(word)]:
            return True
    return False
