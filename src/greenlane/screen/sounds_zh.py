"""How Han characters sound where they do not stand for themselves.

`TRANSLITERATED` gives the piece of a foreign name a character usually stands for in Chinese (which characters are used is
settled by the custom of news agencies); `SURNAMES` the surnames whose reading differs from the usual one or that are read
differently outside the mainland; `SINO_KOREAN` and `ON` the Korean and Japanese readings of characters frequent in names.
"""

from __future__ import annotations

_TRANSLITERATED = """
阿a 亚a 艾ai 埃e 爱ai 安an 昂ang 奥o 澳o 巴ba 拜bai 班ban 邦bon 保pau 鲍bo 贝be 本ben 比bi 彼pe 宾bin 波po 博bo 伯ber 勃b 布b
卜b 柏ber 白bai
查cha 柴chai 昌chan 彻ch 楚chu 茨ts 慈ts 次ts 达da 大da 戴dai 丹dan 当dan 道dow 德d 得d 登den 邓dun 迪di 狄di 蒂ti 丁din 东don
栋don 都du 杜du 顿ton 敦don 多do 朵do
厄e 恩n 尔r 耳r 法fa 凡van 范van 方fan 菲fi 费fe 芬fin 丰fon 冯von 弗f 佛fo 夫f 福fo 富fu 复f 盖gai 甘gan 冈gan 高gao 戈go 哥go
格g 葛g 根gen 贡gon 古gu 瓜gua 圭gui 郭go 果go
哈ha 海hai 亥hai 汉han 豪how 浩ho 赫h 黑he 亨hen 洪hon 侯ho 胡hu 华wa 怀wy 惠whi 霍ho 基ki 吉gi 季gi 加ga 贾ja 嘉ga 佳ja 简jan
江jan 杰je 捷je 金kin 津zin 京kin 久ju
卡ka 凯kai 坎kan 康kon 考kau 科ko 柯co 可co 克k 肯ken 孔kon 库ku 夸qua 奎qui 昆quin 拉la 腊la 来lai 莱le 赖ri 兰lan 朗ran 劳lau
罗ro 洛lo 勒l 雷re 蕾re 里ri 理ri 利li 丽li 莉li 李lee 立li 连len 廉liam 良lyan 列le 林lin 琳lin 留lyu 柳lyu 刘lew 龙ron 隆lon
娄lou 卢lu 鲁ru 路lu 吕lu 伦ren 仑lun
马ma 玛ma 迈my 麦mac 曼man 芒mon 毛mau 茂mo 梅me 美me 门men 蒙mon 孟mun 米mi 密mi 敏min 明min 摩mo 莫mo 默mer 墨mer 穆mu 姆m
木mu 慕mu 纳na 娜na 乃nai 奈ne 南nan 楠nan 内ne 尼ni 妮ni 年nen 涅ne 宁nin 纽new 努nu 诺no 农non
欧o 帕pa 派pai 潘pan 庞pon 佩pe 彭pen 皮pi 平pin 泼po 珀per 普p 浦pu 朴pu 齐zi 奇ch 契ch 恰cha 强john 乔jo 切che 钦chin 琴chin
丘chu 屈tre 琼jon 热je 让jean 仁ren 日g 荣ron 茹ju 瑞re 若jo
萨sa 赛se 塞se 桑san 森sen 瑟s 沙sha 莎sa 山san 尚shan 绍sho 舍she 什sh 申shen 圣san 施sh 石sh 史s 士s 世s 室sh 舒shu 朔shu 斯s
丝s 司s 思s 松son 苏su 素su 孙son 索so 塔ta 泰ty 坦tan 汤tom 唐don 陶tow 特t 腾ten 提ti 天tian 田ten 铁tie 廷tin 亭tin 汀tin
通ton 透tow 图tu 土tu 托to 陀do 脱to
瓦wa 万wan 旺wan 威wi 韦we 维vi 魏wei 卫we 温wen 文ven 翁ong 沃wo 乌u 伍woo 武wu 西si 希hi 锡si 席shi 夏sha 香shan 肖sho 晓shau
歇she 谢she 辛sin 欣shin 兴shin 休hugh 修hugh 许shu 雪she 逊son 雅ya 扬yan 杨yan 尧yao 耶ye 叶ye 伊i 易i 依i 因in 英in 尤yu 犹yu
于yu 雨yu 约jo 宰zai 赞zan 泽ze 曾zen 扎za 詹jam 章jan 哲je 珍jen 真jen 芝chi 治ge 智chi 兹z 子z 宗zon 佐zo 祖zu 最z 蔡zai 策tse
岑cen
辽lyo 赛se 滕ten 涛tao 霞sha 娅ya 尕ga 佤wa 茜si 莲len 蜜mi 戎ron 齐zi 谷gu 劲jin 斐fi 薇vi 唯vi 黎le 璃li 蓓be 芙f 芭ba 菈la
翠tri 枫fon 赖ly 缪mu 麻ma 桃tau 邱chu 布b 敖o 伽ga 珊san 涵han 裴pe 弥mi 珠ju 蒲pu 沁chin 荷ho 莹in
"""

TRANSLITERATED: dict[str, str] = {piece[0]: piece[1:] for piece in _TRANSLITERATED.split() if len(piece) > 1}

_SURNAMES = """
单 shan 解 xie 曾 zeng 仇 qiu 查 zha 任 ren 区 ou 朴 piao 盖 ge 华 hua 乐 yue 翟 zhai 尉 wei 覃 qin 缪 miao 员 yun 种 chong
召 shao 繁 po 洗 xian 冼 xian 燕 yan
葛 ge 宁 ning 晁 chao 黑 he 折 she 能 nai 祭 zhai 纪 ji 卜 bu 牟 mou 乜 nie 尹 yin 柏 bai 万 wan 费 fei 秘 bi 薄 bo 车 che
长 chang 沈 shen 石 shi 曲 qu 应 ying 逄 pang 隗 wei
"""
SURNAMES: dict[str, str] = dict(zip(_SURNAMES.split()[::2], _SURNAMES.split()[1::2], strict=True))

_SURNAMES_ABROAD = """
陈 chan 林 lam 黄 wong 李 lee 张 cheung 王 wong 吴 ng 刘 lau 梁 leung 郑 cheng 何 ho 罗 law 蔡 choi 谢 tse 杨 yeung 叶 yip
许 hui 周 chow 朱 chu 冯 fung 邓 tang 曾 tsang 萧 siu 肖 siu 徐 tsui 胡 wu 郭 kwok 余 yu 苏 so 潘 poon 卢 lo 麦 mak 莫 mok
关 kwan 方 fong 孔 hung 赵 chiu 钟 chung 谭 tam 廖 liu 邱 yau 袁 yuen 彭 pang 温 wan 马 ma 沈 sum 江 kong 高 ko 唐 tong 石 shek
洪 hung 戴 tai 姚 yiu 简 kan 甘 kam 伍 ng 欧 au 霍 fok 陆 luk 文 man 尹 wan 简 kan 韦 wai 施 sze 岑 shum 区 au
"""
SURNAMES_ABROAD: dict[str, str] = dict(zip(_SURNAMES_ABROAD.split()[::2], _SURNAMES_ABROAD.split()[1::2], strict=True))

COMMON_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    "庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺"
)

# Korean readings in the spelling North Korean firms use abroad, which the lists carry.
_SINO_KOREAN = """
朝 cho 鲜 son 平 pyong 壤 yang 罗 ra 先 son 元 won 山 san 清 chong 津 jin 咸 ham 兴 hung 南 nam 浦 po 开 kae 城 song 新 sin
义 ui 州 ju 海 hae 惠 hye 江 gang 界 gye 沙 sa 里 ri 院 won 顺 sun 川 chon 德 dok 价 kae 安 an 熙 hui 定 jong 北 puk 东 tong
西 so 中 jung 央 ang 大 tae 小 so 上 sang 下 ha 高 ko 丽 ryo 金 kum 银 un 铜 tong 铁 chol 钢 kang 石 sok 炭 tan 矿 kwang 业 op
工 kong 场 jang 会 hoe 社 sa 贸 mu 易 yok 总 chong 局 guk 部 bu 省 song 人 in 民 min 军 gun 武 mu 力 ryok 革 hyok 命 myong
胜 sung 利 ri 光 kwang 明 myong 星 song 日 il 月 wol 千 chon 万 man 百 paek 一 il 二 i 三 sam 四 sa 五 o 六 ryuk 七 chil 八 pal
九 ku 十 sip
岭 ryong 峰 bong 龙 ryong 岳 ak 白 paek 头 du 牡 mo 丹 ran 兰 ran 花 hwa 松 song 竹 juk 梅 mae 柳 ryu 京 gyong 绿 nok 青 chong
云 un 雪 sol 风 pung 水 su 火 hwa 土 to 木 mok 烽 pong 玉 ok 珠 ju 宝 po 福 pok 吉 kil 祥 sang 长 jang 寿 su 健 kon 康 kang
强 kang 盛 song 富 pu 成 song 功 kong 建 kon 设 sol 开 kae 发 bal 拓 chok 技 ki 术 sul 科 kwa 学 hak 研 yon 究 gu 所 so 电 jon
子 ja 机 ki 械 gye 化 hwa 药 yak 品 pum 油 yu 船 son 舶 bak 航 hang 空 kong 运 un 输 su 送 song 银 un 行 haeng 财 jae 政 jong
经 kyong 济 je 联 ryon 合 hap 连 ryon 统 tong 同 tong 进 jin 步 bo 主 ju 体 che 红 hong 旗 gi 黄 hwang 黑 huk 天 chon 地 ji
神 sin 仙 son 圣 song 世 se 界 gye 国 guk 际 je 家 ga 族 jok 乡 hyang 村 chon 洞 dong 谷 gok 原 won 野 ya 林 rim 森 sam 湖 ho
池 ji 泉 chon 港 hang 口 gu 门 mun 关 gwan 桥 gyo 道 do 路 ro 车 cha 马 ma 牛 u 羊 yang 鸡 gye 鱼 o 虎 ho 熊 ung 狮 sa 凤 pong
凰 hwang 鹤 hak 鹰 ung 雁 an 燕 yon 美 mi 丽 ryo 正 jong 直 jik 真 jin 信 sin 仁 in 礼 rye 智 ji 勇 yong 忠 chung 孝 hyo 爱 ae
亲 chin 友 u 和 hwa 朴 pak 李 ri 崔 choe 郑 jong 姜 kang 赵 jo 尹 yun 张 jang 林 rim 韩 han 申 sin 吴 o 徐 so 权 kwon 黄 hwang
宋 song 安 an 全 jon 洪 hong 文 mun 裴 pae 许 ho 南 nam 沈 sim 卢 ro 河 ha 郭 kwak 车 cha 朱 ju 禹 u 具 ku 任 rim 罗 ra 闵 min
柳 ryu 俞 yu 陈 jin 严 om 蔡 chae 元 won 千 chon 方 pang 孔 kong 玄 hyon 咸 ham 边 pyon 廉 ryom 吕 ryo 秋 chu 都 to 苏 so 石 sok
宣 son 薛 sol 马 ma 延 yon 表 pyo 魏 wi 明 myong 奇 ki 潘 pan 王 wang 琴 kum 玉 ok 陆 yuk 孟 maeng 卓 tak 诸 je 牟 mo 鞠 kuk
鱼 o 殷 un 片 pyon 景 kyong 日 il 正 jong 恩 un 成 song 哲 chol 浩 ho 英 yong 秀 su 春 chun 夏 ha 冬 tong 顺 sun 熙 hui 姬 hui
淑 suk 贞 jong 善 son 俊 jun 植 sik 镇 jin 泽 taek 奎 kyu 相 sang 永 yong 钟 jong 基 ki 男 nam 女 nyo 烈 ryol 赫 hyok 革 hyok
模 mo 范 bom 标 pyo 准 jun 特 tuk 别 byol 第 je 号 ho 前 jon 后 hu 内 nae 外 oe 左 jwa 右 u 远 won 近 gun 初 cho 终 jong 本 bon
末 mal 古 go 今 gum 来 rae 回 hoe 归 kwi 出 chul 入 ip 海 hae 洋 yang 波 pa 潮 jo 妙 myo 香 hyang 七 chil 宝 bo 九 ku 月 wol
景 kyong 萬 man 赛 sae 别 byol 生 saeng 产 san 协 hyop 组 jo 农 nong 畜 chuk 水 su 产 san 食 sik 料 ryo 纺 pang 织 jik 服 pok
装 jang 革 hyok 制 je 造 jo 加 ka 精 jong 密 mil 通 tong 报 po 放 pang 映 yong 画 hwa 艺 ye 体 che 育 yuk 保 po 险 hom 观 kwan
旅 ryo 团 dan 群 gun 丰 pung 年 nyon 代 tae 统 tong 战 jon 斗 tu 士 sa 队 dae 团 dan 党 dang 委 wi 员 won 裕 yu 隆 ryung
昌 chang 荣 yong 华 hwa 泰 tae 镜 kyong 堂 dang 塔 tap 楼 ru 阁 gak 宫 gung 殿 jon 亭 jong 台 dae 坪 pyong 仓 chang 谊 ui
亨 hyong 滨 bin 秋 chu 伟 wi 雄 ung 杰 gol 泰 tae 洲 ju 岛 do 屿 so 峡 hyop 湾 man 渡 do 滩 tan 岩 am 巨 go 兴 hung 亚 a 洲 ju
东 tong 方 bang 复 bok 维 yu 新 sin 龟 ku 熔 yong 楠 nam 栗 ryul 桃 to 枣 dae 胎 tae 灯 dung 慈 ja 悲 bi 牧 mok 丹 dan 劳 ro
动 dong 职 jik 同 dong 盟 maeng 志 ji 气 ki 象 sang 宇 u 宙 ju 太 tae 阳 yang 荣 yong 养 yang 酒 ju 茶 cha 米 mi 谷 gok 种 jong
苗 myo 果 gwa 树 su 园 won 谦 kyom 二 i 凌 rung 云 un 砂 sa 积 jok 文 mun 坪 pyong 端 dan 川 chon 祥 sang 原 won 灯 tung 烈 ryol
胜 sung 湖 ho 三 sam
"""
SINO_KOREAN: dict[str, str] = {}
for _character, _sound in zip(_SINO_KOREAN.split()[::2], _SINO_KOREAN.split()[1::2], strict=True):
    SINO_KOREAN.setdefault(_character, _sound)
SINO_KOREAN = {c: s for c, s in SINO_KOREAN.items() if len(c) == 1}
