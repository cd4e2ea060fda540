"""Foreign given names and surnames as Chinese news agencies write them: common ones, whose sound alone would mislead."""

from __future__ import annotations

_NAMES = """
亚当 adam 亚伦 aaron 艾伦 allen 亚历克斯 alex 亚历山大 alexander 艾丽斯 alice 爱丽丝 alice 艾米 amy 安德鲁 andrew 安迪 andy
安 ann 安娜 anna 安妮 anne 安东尼 anthony 阿瑟 arthur 芭芭拉 barbara 巴里 barry 本 ben 本杰明 benjamin 比尔 bill 鲍勃 bob
布拉德 brad 布兰登 brandon 布伦达 brenda 布莱恩 brian 布赖恩 brian 布鲁斯 bruce 卡尔 carl 卡罗尔 carol 凯瑟琳 catherine
查尔斯 charles 查理 charlie 夏洛特 charlotte 克里斯 chris 克里斯蒂娜 christina 克里斯托弗 christopher 辛迪 cindy 克莱尔 claire
科林 colin 克雷格 craig 丹 dan 丹尼尔 daniel 大卫 david 戴维 david 迪恩 dean 黛博拉 deborah 丹尼斯 dennis 黛安娜 diana 唐 don
唐纳德 donald 道格 doug 道格拉斯 douglas 埃德 ed 埃迪 eddie 爱德华 edward 伊丽莎白 elizabeth 埃伦 ellen 艾玛 emma 艾米莉 emily
埃里克 eric 欧内斯特 ernest 弗兰克 frank 弗雷德 fred 加里 gary 杰弗里 jeffrey 乔治 george 杰拉尔德 gerald 格雷格 greg
格雷戈里 gregory 哈里 harry 海伦 helen 亨利 henry 霍华德 howard 休 hugh 伊恩 ian 艾萨克 isaac 杰克 jack 雅各布 jacob
詹姆斯 james 简 jane 珍妮特 janet 杰森 jason 贾森 jason 杰夫 jeff 珍妮弗 jennifer 杰里米 jeremy 杰里 jerry 杰西卡 jessica
吉姆 jim 乔 joe 约翰 john 乔纳森 jonathan 约瑟夫 joseph 约书亚 joshua 乔希 josh 朱莉 julie 茱莉亚 julia 朱利安 julian
贾斯汀 justin 卡伦 karen 凯特 kate 凯西 kathy 基思 keith 凯利 kelly 肯 ken 肯尼思 kenneth 凯文 kevin 凯尔 kyle 劳拉 laura
劳伦斯 lawrence 李 lee 丽莎 lisa 琳达 linda 路易斯 louis 卢卡斯 lucas 露西 lucy 卢克 luke 马克 mark 马尔科 marco 马可 marco
玛格丽特 margaret 玛丽亚 maria 玛丽 mary 马丁 martin 马特 matt 马修 matthew 梅根 megan 迈克 mike 迈克尔 michael 米歇尔 michelle
南希 nancy 内森 nathan 尼尔 neil 尼古拉斯 nicholas 尼克 nick 奥利弗 oliver 帕特里克 patrick 帕特里夏 patricia 保罗 paul
彼得 peter 菲利普 philip 菲尔 phil 瑞秋 rachel 拉尔夫 ralph 雷蒙德 raymond 丽贝卡 rebecca 理查德 richard 里克 rick 罗伯特 robert
罗杰 roger 罗纳德 ronald 罗恩 ron 瑞安 ryan 莎莉 sally 萨曼莎 samantha 萨姆 sam 塞缪尔 samuel 桑德拉 sandra 萨拉 sarah
莎拉 sarah 斯科特 scott 肖恩 sean 莎朗 sharon 西蒙 simon 索菲 sophie 斯蒂芬 stephen 史蒂芬 stephen 史蒂夫 steve 史蒂文 steven
斯图尔特 stuart 苏珊 susan 泰德 ted 特德 ted 特里 terry 特蕾莎 theresa 托马斯 thomas 蒂姆 tim 蒂莫西 timothy 托德 todd 汤姆 tom
托尼 tony 泰勒 taylor 维多利亚 victoria 文森特 vincent 沃尔特 walter 沃伦 warren 韦恩 wayne 威廉 william 马库斯 marcus
弗拉基米尔 vladimir 谢尔盖 sergey 亚历山德拉 alexandra 安德烈 andre 伊万 ivan 穆罕默德 muhammad 阿里 ali 哈桑 hasan
侯赛因 husayn 艾哈迈德 ahmad 易卜拉欣 ibrahim 阿卜杜拉 abdullah 阿卜杜勒 abd al
史密斯 smith 约翰逊 johnson 威廉姆斯 williams 布朗 brown 琼斯 jones 加西亚 garcia 米勒 miller 戴维斯 davis 罗德里格斯 rodriguez
马丁内斯 martinez 埃尔南德斯 hernandez 洛佩斯 lopez 冈萨雷斯 gonzalez 威尔逊 wilson 安德森 anderson 穆尔 moore 摩尔 moore
杰克逊 jackson 汤普森 thompson 怀特 white 哈里斯 harris 克拉克 clark 刘易斯 lewis 罗宾逊 robinson 沃克 walker 扬 young
赫尔南德斯 hernandez 金 king 赖特 wright 希尔 hill 格林 green 亚当斯 adams 贝克 baker 纳尔逊 nelson 卡特 carter 米切尔 mitchell
佩雷斯 perez 罗伯茨 roberts 特纳 turner 菲利普斯 phillips 坎贝尔 campbell 帕克 parker 埃文斯 evans 爱德华兹 edwards
柯林斯 collins 科林斯 collins 斯图尔特 stewart 桑切斯 sanchez 莫里斯 morris 罗杰斯 rogers 里德 reed 库克 cook 摩根 morgan
贝尔 bell 墨菲 murphy 贝利 bailey 里维拉 rivera 库珀 cooper 理查森 richardson 考克斯 cox 霍华德 howard 沃德 ward 托雷斯 torres
彼得森 peterson 格雷 gray 拉米雷斯 ramirez 沃森 watson 布鲁克斯 brooks 桑德斯 sanders 普赖斯 price 贝内特 bennett 伍德 wood
巴恩斯 barnes 罗斯 ross 亨德森 henderson 科尔曼 coleman 詹金斯 jenkins 佩里 perry 鲍威尔 powell 朗 long 帕特森 patterson
休斯 hughes 弗洛雷斯 flores 华盛顿 washington 巴特勒 butler 西蒙斯 simmons 福斯特 foster 冈萨雷斯 gonzales 布莱恩特 bryant
亚历山大 alexander 拉塞尔 russell 格里芬 griffin 迪亚斯 diaz 海斯 hayes 迈尔斯 myers 福特 ford 汉密尔顿 hamilton 格雷厄姆 graham
沙利文 sullivan 华莱士 wallace 伍兹 woods 科尔 cole 韦斯特 west 乔丹 jordan 欧文斯 owens 雷诺兹 reynolds 费希尔 fisher
埃利斯 ellis 哈里森 harrison 吉布森 gibson 麦克唐纳 mcdonald 克鲁兹 cruz 马歇尔 marshall 奥尔蒂斯 ortiz 戈麦斯 gomez 默里 murray
弗里曼 freeman 韦尔斯 wells 韦伯 webb 辛普森 simpson 史蒂文斯 stevens 塔克 tucker 波特 porter 亨特 hunter 希克斯 hicks
克劳福德 crawford 亨利 henry 博伊德 boyd 梅森 mason 莫拉莱斯 morales 肯尼迪 kennedy 沃伦 warren 狄克逊 dixon 拉莫斯 ramos
伯恩斯 burns 戈登 gordon 肖 shaw 霍姆斯 holmes 赖斯 rice 罗伯逊 robertson 亨特 hunt 布莱克 black 丹尼尔斯 daniels 帕尔默 palmer
米尔斯 mills 尼科尔斯 nichols 格兰特 grant 奈特 knight 弗格森 ferguson 罗斯 rose 斯通 stone 霍金斯 hawkins 邓恩 dunn
珀金斯 perkins 赫德森 hudson 斯宾塞 spencer 加德纳 gardner 斯蒂芬斯 stephens 佩恩 payne 皮尔斯 pierce 贝里 berry 马修斯 matthews
阿诺德 arnold 瓦格纳 wagner 威利斯 willis 雷 ray 沃特金斯 watkins 奥尔森 olson 卡罗尔 carroll 邓肯 duncan 斯奈德 snyder
哈特 hart 坎宁安 cunningham 布拉德利 bradley 莱恩 lane 安德鲁斯 andrews 鲁伊斯 ruiz 哈珀 harper 福克斯 fox 赖利 riley
阿姆斯特朗 armstrong 卡彭特 carpenter 韦弗 weaver 格林 greene 劳伦斯 lawrence 埃利奥特 elliott 查韦斯 chavez 西姆斯 sims
奥斯汀 austin 彼得斯 peters 凯利 kelley 富兰克林 franklin 劳森 lawson 奥布莱恩 obrien 奥康纳 oconnor 施密特 schmidt 穆勒 muller
米勒 mueller 伊万诺夫 ivanov 彼得罗夫 petrov 汗 khan
妮可 nicole 尼科尔 nicole 莱因哈德 reinhard 汉斯 hans 弗里茨 fritz 克劳斯 klaus 彼特 peter 让 jean 皮埃尔 pierre 雅克 jacques
弗朗索瓦 francois 路易丝 louise 路易莎 louisa 贝蒂 betty 贝丝 beth 邦妮 bonnie 卡罗琳 caroline 夏琳 charlene 多萝西 dorothy
伊莎贝拉 isabella 伊娃 eva 费利克斯 felix 格蕾丝 grace 哈罗德 harold 赫伯特 herbert 艾琳 irene 杰伊 jay 琼 joan 乔伊斯 joyce
朱迪 judy 朱迪思 judith 利奥 leo 伦纳德 leonard 莱斯利 leslie 林赛 lindsey 马里奥 mario 马文 marvin 莫妮卡 monica 诺曼 norman
奥斯卡 oscar 佩吉 peggy 兰迪 randy 雷 ray 罗伊 roy 罗斯玛丽 rosemary 露丝 ruth 谢尔曼 sherman 雪莉 shirley 斯坦利 stanley
西尔维娅 sylvia 蒂娜 tina 崔西 tracy 特蕾西 tracy 维克托 victor 弗吉尼亚 virginia 扎卡里 zachary
洛克希德 lockheed 诺斯罗普 northrop 诺思罗普 northrop 格鲁曼 grumman 波音 boeing 雷神 raytheon 通用动力 general dynamics
"""


def _pairs(table: str) -> dict[str, str]:
    """Characters -> the name; a name may be two words, and the next row begins with a character that is not ASCII."""
    found: dict[str, str] = {}
    key = ""
    for piece in table.split():
        if piece.isascii():
            found[key] = f"{found[key]} {piece}".strip()
        else:
            # The first spelling stays where two names are written alike.
            key = piece if piece not in found else f"{piece}+"
            found[key] = ""
    return {key: name for key, name in found.items() if not key.endswith("+")}


FOREIGN_NAMES = _pairs(_NAMES)
FOREIGN_LONGEST = max(map(len, FOREIGN_NAMES))
