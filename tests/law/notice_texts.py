"""Notices in the form of real ones, written from the items of the rule base: codes, names and days are facts, the words are ours."""

from __future__ import annotations

from dataclasses import dataclass

CN_ORDINALS = "一二三四五六七八九十"
TARGETS = ("3824999922", "8486909110")
LAW = "根据《中华人民共和国出口管制法》《中华人民共和国两用物项出口管制条例》有关规定，经国务院批准，决定对下列物项实施出口管制："
DUTY = "出口经营者出口上述物项应当依照有关规定向国务院商务主管部门申请许可。"
DECLARE = "出口经营者应当在报关时于备注栏中注明是否属于管制物项。"


@dataclass(frozen=True)
class Element:
    """One element of Announcement 18: what is printed under its code."""

    code: str
    zh: str
    en: str
    metal: str
    alloys: tuple[tuple[str, str], ...]
    targets: tuple[tuple[str, str], ...]
    magnet: tuple[str, str] | None
    oxide: tuple[str, ...]
    compound: tuple[str, ...]


def _compound(*own: str) -> tuple[str, ...]:
    return (*own, "3824999922")


_LIGHT = _compound("2846902810", "2846902910", "2846903910", "2846904820", "2846904910", "2846909920")
SEVEN = (
    Element("1C902", "钐", "Samarium", "2805301910",
            (("钐钴合金", "Samarium-cobalt alloy"), ("钐铁合金", "Samarium-iron alloy"), ("钐镍合金", "Samarium-nickel alloy"),
             ("钐铝合金", "Samarium-aluminium alloy"), ("钐镁合金", "Samarium-magnesium alloy")),
            (("钐靶", "Samarium target"), ("钐钴合金靶", "Samarium-cobalt alloy target"), ("钐铁合金靶", "Samarium-iron alloy target")),
            ("钐钴永磁材料", "Samarium-cobalt permanent magnet material"), ("2846901940", "2846901993", "3824999922"), _LIGHT),
    Element("1C903", "钆", "Gadolinium", "2805301910",
            (("钆镁合金", "Gadolinium-magnesium alloy"), ("钆铝合金", "Gadolinium-aluminium alloy")),
            (("钆靶", "Gadolinium target"), ("钆铁合金靶", "Gadolinium-iron alloy target"), ("钆钴合金靶", "Gadolinium-cobalt alloy target")),
            None, ("2846901930", "2846901993", "3824999922"), _LIGHT),
    Element("1C904", "铽", "Terbium", "2805301300",
            (("铽钴合金", "Terbium-cobalt alloy"), ("铽钴铁合金", "Terbium-cobalt-iron alloy")),
            (("铽靶", "Terbium target"), ("铽钴合金靶", "Terbium-cobalt alloy target")),
            ("含铽的钕铁硼永磁材料", "Neodymium-iron-boron permanent magnet material containing terbium"),
            ("2846901600", "2846901993", "3824999922"),
            _compound("2846902100", "2846902810", "2846903100", "2846903910", "2846904200", "2846904820", "2846909300", "2846909920")),
    Element("1C905", "镝", "Dysprosium", "2805301200",
            (("镝铁合金", "Dysprosium-iron alloy"), ("铽镝铁合金", "Terbium-dysprosium-iron alloy")),
            (("镝靶", "Dysprosium target"), ("铽镝铁合金靶", "Terbium-dysprosium-iron alloy target")),
            ("含镝的钕铁硼永磁材料", "Neodymium-iron-boron permanent magnet material containing dysprosium"),
            ("2846901500", "2846901993", "3824999922"),
            _compound("2846902200", "2846902810", "2846903200", "2846903910", "2846904300", "2846904820", "2846909400", "2846909920")),
    Element("1C906", "镥", "Lutetium", "2805301910", (("镱镥合金", "Ytterbium-lutetium alloy"),), (("镥靶", "Lutetium target"),), None,
            ("2846901800", "2846901993", "3824999922"), _LIGHT),
    Element("1C907", "钪", "Scandium", "2805301800",
            (("钪铝合金", "Scandium-aluminium alloy"), ("钪镁合金", "Scandium-magnesium alloy"), ("钪铜合金", "Scandium-copper alloy")),
            (("钪靶", "Scandium target"),), None, ("2846901980", "2846901993", "3824999922"), _LIGHT),
    Element("1C908", "钇", "Yttrium", "2805301700",
            (("钇铝合金", "Yttrium-aluminium alloy"), ("钇镁合金", "Yttrium-magnesium alloy"), ("钇镍合金", "Yttrium-nickel alloy"),
             ("钇铜合金", "Yttrium-copper alloy"), ("钇铁合金", "Yttrium-iron alloy")),
            (("钇靶", "Yttrium target"), ("钇铝合金靶", "Yttrium-aluminium alloy target"), ("钇锆合金靶", "Yttrium-zirconium alloy target")),
            None, ("2846901100", "2846901993", "3824999922"),
            _compound("2846902600", "2846902810", "2846903600", "2846903910", "2846904600", "2846904820", "2846909690", "2846909920")),
)  # fmt: skip


def expected_18() -> dict[str, tuple[str, ...]]:
    """The items of Announcement 18: control code to the customs codes printed for it."""
    found: dict[str, tuple[str, ...]] = {}
    for one in SEVEN:
        found[f"{one.code}.a.1"] = (one.metal,)
        many = len(one.alloys) > 1
        for at, _ in enumerate(one.alloys):
            found[f"{one.code}.a.2.{'abcde'[at]}" if many else f"{one.code}.a.2"] = ()
        many = len(one.targets) > 1
        for at, _ in enumerate(one.targets):
            found[f"{one.code}.a.3.{'abc'[at]}" if many else f"{one.code}.a.3"] = TARGETS
        if one.magnet is not None:
            found[f"{one.code}.a.4"] = ()
        found[f"{one.code}.b"] = one.oxide
        found[f"{one.code}.c"] = one.compound
    return found


def section_cn(at: int, one: Element) -> str:
    """One section of Announcement 18 in Chinese."""
    refer = f"（参考海关商品编号：{'、'.join(TARGETS)}）"
    lines = [f"{CN_ORDINALS[at]}、{one.zh}相关物项", f"（一）{one.code}.a 金属{one.zh}、含{one.zh}的合金及相关制品："]
    lines.append(f"1.金属{one.zh}（参考海关商品编号：{one.metal}）。")
    if len(one.alloys) > 1:
        lines.append(f"2.含{one.zh}的合金：")
        lines += [f"{'abcde'[n]}.{name}{'。' if n == len(one.alloys) - 1 else '；'}" for n, (name, _) in enumerate(one.alloys)]
    else:
        lines.append(f"2.{one.alloys[0][0]}。")
    if len(one.targets) > 1:
        lines.append(f"3.含{one.zh}的靶材{refer}：")
        lines += [f"{'abc'[n]}.{name}{'。' if n == len(one.targets) - 1 else '；'}" for n, (name, _) in enumerate(one.targets)]
    else:
        lines.append(f"3.{one.targets[0][0]}{refer}。")
    if one.magnet is not None:
        lines.append(f"4.{one.magnet[0]}。")
    lines.append(f"（二）{one.code}.b 氧化{one.zh}及其混合物（参考海关商品编号：{'、'.join(one.oxide)}）。")
    lines.append(f"（三）{one.code}.c 含{one.zh}的化合物及其混合物（参考海关商品编号：{'、'.join(one.compound)}）。")
    return "\n".join(lines)


def section_en(at: int, one: Element) -> str:
    """One section of Announcement 18 in an English rendering."""
    low, refer = one.en.lower(), f"(reference customs commodity numbers: {', '.join(TARGETS)})"
    roman = ("I", "II", "III", "IV", "V", "VI", "VII")[at]
    lines = [f"{roman}. {one.en}-related items", f"(I) {one.code}.a {one.en} metal, alloys containing {low} and related products:"]
    lines.append(f"1. {one.en} metal (reference customs commodity number: {one.metal}).")
    if len(one.alloys) > 1:
        lines.append(f"2. Alloys containing {low}:")
        lines += [f"{'abcde'[n]}. {name}{'.' if n == len(one.alloys) - 1 else ';'}" for n, (_, name) in enumerate(one.alloys)]
    else:
        lines.append(f"2. {one.alloys[0][1]}.")
    if len(one.targets) > 1:
        lines.append(f"3. Targets containing {low} {refer}:")
        lines += [f"{'abc'[n]}. {name}{'.' if n == len(one.targets) - 1 else ';'}" for n, (_, name) in enumerate(one.targets)]
    else:
        lines.append(f"3. {one.targets[0][1]} {refer}.")
    if one.magnet is not None:
        lines.append(f"4. {one.magnet[1]}.")
    lines.append(
        f"(II) {one.code}.b {one.en} oxide and its mixtures (reference customs commodity numbers: {', '.join(one.oxide)})."
    )
    lines.append(
        f"(III) {one.code}.c Compounds containing {low} and their mixtures (reference customs commodity numbers: {', '.join(one.compound)})."
    )
    return "\n".join(lines)


HEAD_18 = (
    "商务部 海关总署公告2025年第18号 公布对部分中重稀土相关物项实施出口管制的决定\n【发布单位】安全与管制局\n"
    f"【发布文号】商务部 海关总署公告2025年第18号\n【发文日期】2025年04月04日\n{LAW}"
)
TAIL_18 = (
    f"八、{DUTY}\n九、{DECLARE}\n本公告自发布之日起正式实施。《两用物项出口管制清单》同步予以更新。\n商务部 海关总署\n2025年4月4日"
)
ANNOUNCEMENT_18 = "\n".join((HEAD_18, *(section_cn(at, one) for at, one in enumerate(SEVEN)), TAIL_18)) + "\n"
ANNOUNCEMENT_18_EN = (
    "Ministry of Commerce and General Administration of Customs Announcement No. 18 of 2025\n"
    "Decision to Implement Export Controls on Certain Medium and Heavy Rare Earth Items\nPublished: April 4, 2025\n"
    "In accordance with the Export Control Law and the Regulations on Export Control of Dual-Use Items, it is decided to implement "
    "export controls on the following items:\n"
    + "\n".join(section_en(at, one) for at, one in enumerate(SEVEN))
    + "\nVIII. Export operators who export the above items shall apply to the competent department for a license.\n"
    "This announcement shall be implemented from the date of publication.\n"
)

ANNOUNCEMENT_55 = f"""商务部 海关总署公告2025年第55号 公布对超硬材料相关物项实施出口管制的决定
【发文日期】2025年10月09日
{LAW}
（一）2C902.a 人造金刚石微粉，平均粒径小于等于50 μm。
（二）2C902.b 人造金刚石单晶，平均粒径大于50 μm且小于等于500 μm，不包括饰品用途。
（三）2C902.c 人造金刚石线锯。
（四）2C902.d 人造金刚石砂轮。
（五）2B005.b 直流等离子体喷射化学气相沉积（DCPCVD）设备。
（六）2E902 直流等离子体喷射化学气相沉积（DCPCVD）工艺技术。
{DUTY}
本公告自2025年11月8日起正式实施。
商务部 海关总署
2025年10月9日
"""

_FIVE = (
    ("1C909", "钬", "钬铜合金、镁钬合金、钬铁合金，钬靶、钬铜靶，永磁、晶体、磁致冷、磁致伸缩材料"),
    ("1C910", "铒", "铒铝合金，铒靶，晶体、光纤、储氢、陶瓷材料"),
    ("1C911", "铥", "铥靶，晶体、发光材料"),
    ("1C912", "铕", "镁铕合金，铕靶，荧光粉，晶体、吸氢材料"),
    ("1C913", "镱", "镱靶，晶体、光纤材料"),
)
ANNOUNCEMENT_57 = (
    f"商务部 海关总署公告2025年第57号 公布对部分中重稀土相关物项实施出口管制的决定\n【发文日期】2025年10月09日\n{LAW}\n"
    + "\n".join(
        f"{CN_ORDINALS[at]}、{zh}相关物项\n（一）{code}.a 金属{zh}，{words}（参考税则号列：28053019）。\n（二）{code}.b 氧化{zh}。\n（三）{code}.c 含{zh}的化合物。"
        for at, (code, zh, words) in enumerate(_FIVE)
    )
    + f"\n六、{DUTY}\n本公告自2025年11月8日起正式实施。\n商务部 海关总署\n2025年10月9日\n"
)

ANNOUNCEMENT_61 = """商务部公告2025年第61号 公布对境外相关稀土物项实施出口管制的决定
【发文日期】2025年10月09日
根据《中华人民共和国出口管制法》有关规定，决定对境外相关物项实施出口管制：
一、境外组织和个人在向中国以外的国家和地区出口以下物项前，须获得两用物项出口许可证件：
（一）含有原产于中国的附件1第一部分所列物项，且其价值占比达到0.1%及以上的附件1第二部分所列物项；
（二）使用原产于中国的稀土技术在境外生产的附件1所列物项；
（三）原产于中国的附件1所列物项。
二、对向境外军事用户的出口申请，原则上不予许可。
三、本公告第一条第（三）项自公布之日起实施，第（一）（二）项自2025年12月1日起实施。
商务部
2025年10月9日
"""

ANNOUNCEMENT_70 = """商务部 海关总署公告2025年第70号 公布暂停实施有关公告的决定
【发文日期】2025年11月07日
经研究，自即日起至2026年11月10日，暂停实施以下公告：
1. 商务部 海关总署公告2025年第55号；
2. 商务部 海关总署公告2025年第56号；
3. 商务部 海关总署公告2025年第57号；
4. 商务部 海关总署公告2025年第58号；
5. 商务部公告2025年第61号；
6. 商务部公告2025年第62号。
商务部 海关总署
2025年11月7日
"""

LISTING = """商务部公告2026年第901号 公布将4家示例实体列入出口管制管控名单
【发文日期】2026年11月16日
根据《中华人民共和国出口管制法》有关规定，决定将示例航空公司等4家示例实体列入出口管制管控名单，并采取以下措施：
一、禁止出口经营者向上述4家示例实体出口两用物项；正在开展的相关出口活动应当立即停止。
二、特殊情况下确需出口的，出口经营者应当向商务部提出申请。
本公告自公布之日起正式实施。
附件：管控名单
1.示例航空公司（Example Aero, Inc.）
2.示例机器人公司（Example Robotics LLC）
3.示例卫星公司（Example Satellites (USA) Corp.）
4.示例材料公司（Example Materials Ltd.）
"""

ENTITY_LIST_XML = """<?xml version="1.0" encoding="UTF-8"?>
<RULE><PREAMB><AGENCY TYPE="S">DEPARTMENT OF COMMERCE</AGENCY><SUBAGY>Bureau of Industry and Security</SUBAGY>
<CFR>15 CFR Part 744</CFR><DEPDOC>[Docket No. 261101-0001]</DEPDOC><RIN>RIN 0694-ZZ99</RIN>
<SUBJECT>Additions of Example Entities to the Entity List</SUBJECT>
<AGY><HD SOURCE="HED">AGENCY:</HD><P>Bureau of Industry and Security, Department of Commerce.</P></AGY>
<ACT><HD SOURCE="HED">ACTION:</HD><P>Final rule.</P></ACT>
<DATES><HD SOURCE="HED">DATES:</HD><P>This rule is effective November 20, 2026.</P></DATES></PREAMB>
<P>[Federal Register Volume 91, Number 224 (Friday, November 20, 2026)]</P>
<GPOTABLE><BOXHD><CHED H="1">Country</CHED><CHED H="1">Entity</CHED></BOXHD>
<ROW><ENT I="22">CHINA, PEOPLE'S REPUBLIC OF</ENT></ROW>
<ROW><ENT I="01"> </ENT><ENT>Example Computing Co., Ltd., a.k.a., the following two aliases: —Example Comp; and —EC Intelligent Technology Co., Ltd. No. 1 Example Road, Beijing, China.</ENT><ENT>All items subject to the EAR. (See § 744.11 of the EAR).</ENT><ENT>Presumption of denial.</ENT><ENT>91 FR [INSERT FR PAGE NUMBER] 11/20/2026.</ENT></ROW>
<ROW><ENT I="01"> </ENT><ENT>Example Wafer Corporation, 5 Example Street, Shanghai, China.</ENT><ENT>All items subject to the EAR. (See § 744.11 of the EAR).</ENT><ENT>Presumption of denial.</ENT><ENT>91 FR [INSERT FR PAGE NUMBER] 11/20/2026.</ENT></ROW>
<ROW><ENT I="01"> </ENT><ENT>Example Optics Institute, 7 Example Lane, Wuhan, China.</ENT><ENT>All items subject to the EAR. (See § 744.11 of the EAR).</ENT><ENT>Case-by-case.</ENT><ENT>91 FR [INSERT FR PAGE NUMBER] 11/20/2026.</ENT></ROW>
</GPOTABLE><FRDOC>[FR Doc. 2026-99901 Filed 11-19-26; 8:45 am]</FRDOC></RULE>
"""

CONTROL_LIST = """[Federal Register Volume 91, Number 224 (Friday, November 20, 2026)]
DEPARTMENT OF COMMERCE
Bureau of Industry and Security
15 CFR Part 774
Revision of Example Entries of the Commerce Control List
AGENCY: Bureau of Industry and Security, Department of Commerce.
DATES: This rule is effective November 20, 2026.

3A990 Example integrated circuits, as follows (see List of Items Controlled).

License Requirements
Reason for Control: RS, AT

Items:

a. Example circuits having any of the following:
a.1. A first figure of 4800 or more; or
a.2. A second figure of 1600 GB/s or more.
b. [Reserved]
c. Example circuits not specified by paragraph a.

4A990 Example computers that hold a circuit of 3A990.a.

[FR Doc. 2026-99902 Filed 11-19-26; 8:45 am]
"""

CHAPTER_99 = """[Federal Register Volume 91, Number 224 (Friday, November 20, 2026)]
OFFICE OF THE UNITED STATES TRADE REPRESENTATIVE
Notice of Modification: Example Action
AGENCY: Office of the United States Trade Representative.
DATES: The modification is in effect with respect to goods entered on or after 12:01 a.m. eastern standard time on December 1, 2026.

The Harmonized Tariff Schedule of the United States is modified as follows:

9903.99.01 | Articles the product of China and Hong Kong, as provided for in note 99 | The duty provided in the applicable subheading + 12.5%

Heading 9903.99.02 is amended by deleting "10%" and inserting "20%" for products of China.

[FR Doc. 2026-99903 Filed 11-19-26; 8:45 am]
"""
