"""Japanese words and readings of names: loan words in kana, surnames and characters as Japan says them. General vocabulary."""

from __future__ import annotations

_LOAN_WORDS = """
セメント cement センター center システム system システムズ systems グループ group エンジニアリング engineering
テクノロジー technology テクノロジーズ technologies テクノ techno エレクトロニクス electronics エレクトロニック electronic
エネルギー energy サービス service サービシーズ services トレーディング trading トレード trade ホールディングス holdings
ホールディング holding インターナショナル international インダストリー industry インダストリーズ industries
インダストリアル industrial インスティテュート institute ケミカル chemical ケミカルズ chemicals コーポレーション corporation
カンパニー company リミテッド ltd ソフトウェア software ソフト soft コンピュータ computer コンピューター computer
ネットワーク network ロボット robot レーダー radar ミサイル missile ロケット rocket エンジン engine モーター motor
モータース motors バッテリー battery ガス gas オイル oil ペトロ petro ペトロケミカル petrochemical スチール steel メタル metal
アルミニウム aluminum アルミ aluminum プラスチック plastic ガラス glass ゴム rubber タイヤ tire セラミックス ceramics
カーボン carbon ファイバー fiber ケーブル cable パイプ pipe ポンプ pump バルブ valve ボイラー boiler タービン turbine
マシン machine マシナリー machinery ツール tool ツールズ tools パーツ parts メディカル medical ファーマ pharma バイオ bio
ホテル hotel バンク bank ファイナンス finance インベストメント investment ディベロップメント development リサーチ research
サイエンス science アカデミー academy エアロスペース aerospace アビエーション aviation エアライン airline エアラインズ airlines
エアクラフト aircraft マリン marine シッピング shipping ロジスティクス logistics コントロール control
オートメーション automation デジタル digital データ data レーザー laser オプティクス optics センサー sensor サテライト satellite
スペース space ナノ nano マテリアル material ウラン uranium プラント plant マネジメント management マネージメント management
コンサルティング consulting セキュリティ security ディフェンス defense パワー power グローバル global ジャパン japan
コリア korea チャイナ china アジア asia イラン iran シリア syria ロシア russia パキスタン pakistan インド india
アフガニスタン afghanistan イスラム islamic イスラミック islamic テヘラン tehran シャヒード shahid シャヒド shahid アル al
アブ abu イブン ibn ムハンマド muhammad モハンマド muhammad モハメド muhammad アフマド ahmad アリ ali ハサン hasan
フセイン husayn アブドゥル abd アブドゥッラー abdullah オマル umar サイード said ビン bin プロジェクト project スター star
ゴールド gold グリーン green ニュー new ユナイテッド united ナショナル national ジェネラル general ソリューション solution
ソリューションズ solutions デバイス device デバイシズ devices オート auto コンポーネント component コンポーネンツ components
インスツルメント instrument インスツルメンツ instruments プレシジョン precision フーズ foods テレコム telecom
コミュニケーションズ communications コミュニケーション communication コム com ファンド fund オフィス office クラブ club
ライン line シー sea ブルー blue
"""

_SURNAMES = """
佐藤 sato 铃木 suzuki 高桥 takahashi 田中 tanaka 伊藤 ito 渡边 watanabe 渡部 watanabe 山本 yamamoto 中村 nakamura 小林 kobayashi
加藤 kato 吉田 yoshida 山田 yamada 佐佐木 sasaki 佐々木 sasaki 山口 yamaguchi 松本 matsumoto 井上 inoue 木村 kimura 林 hayashi
清水 shimizu 山崎 yamazaki 森 mori 池田 ikeda 桥本 hashimoto 阿部 abe 石川 ishikawa 山下 yamashita 中岛 nakajima 石井 ishii
小川 ogawa 前田 maeda 冈田 okada 长谷川 hasegawa 藤田 fujita 后藤 goto 近藤 kondo 村上 murakami 远藤 endo 青木 aoki
坂本 sakamoto 斋藤 saito 福田 fukuda 太田 ota 西村 nishimura 藤井 fujii 金子 kaneko 冈本 okamoto 藤原 fujiwara 三浦 miura
中野 nakano 原田 harada 中川 nakagawa 松田 matsuda 竹内 takeuchi 小野 ono 田村 tamura 中山 nakayama 和田 wada 石田 ishida
森田 morita 上田 ueda 原 hara 内田 uchida 柴田 shibata 酒井 sakai 宫崎 miyazaki 横山 yokoyama 高木 takagi 安藤 ando
宫本 miyamoto 大野 ono 小岛 kojima 谷口 taniguchi 工藤 kudo 今井 imai 高田 takada 增田 masuda 丸山 maruyama 杉山 sugiyama
村田 murata 大冢 otsuka 新井 arai 藤本 fujimoto 小山 koyama 平野 hirano 河野 kono 上野 ueno 武田 takeda 野口 noguchi 松尾 matsuo
千叶 chiba 菅原 sugawara 岩崎 iwasaki 木下 kinoshita 久保 kubo 佐野 sano 野村 nomura 松井 matsui 市川 ichikawa 菊地 kikuchi
菊池 kikuchi 岛田 shimada 水野 mizuno 樱井 sakurai 高野 takano 吉川 yoshikawa 山内 yamauchi 西田 nishida 饭田 iida
西川 nishikawa 小松 komatsu 北村 kitamura 安田 yasuda 川口 kawaguchi 平田 hirata 关 seki 本田 honda 中田 nakata 久保田 kubota
服部 hattori 川崎 kawasaki 樋口 higuchi 熊谷 kumagai 松冈 matsuoka 片山 katayama 吉村 yoshimura 川上 kawakami 永井 nagai
大西 onishi 秋山 akiyama 星野 hoshino 荒木 araki 浅野 asano 大岛 oshima 土屋 tsuchiya 本间 honma 大桥 ohashi 川村 kawamura
永田 nagata 浜田 hamada 古川 furukawa 荒井 arai 川田 kawada 黑田 kuroda 尾崎 ozaki 望月 mochizuki 松浦 matsuura 田口 taguchi
东 azuma 岩田 iwata 福岛 fukushima 菅 suga 岸 kishi 岸田 kishida 石破 ishiba 安倍 abe 麻生 aso 小泉 koizumi 藤仓 fujikura
丰田 toyota 日产 nissan 日野 hino 东芝 toshiba 岛津 shimadzu 横河 yokogawa 村田 murata 京瓷 kyocera 浜松 hamamatsu 三井 mitsui
三菱 mitsubishi 住友 sumitomo
"""

# One reading a character: as it is said in the names of firms (nikko, kogyo, denki), mostly the one taken from Chinese.
_ON = """
日 ni 本 hon 国 koku 大 dai 小 sho 中 chu 东 to 西 sei 南 nan 北 hoku 新 shin 光 ko 工 ko 业 gyo 机 ki 械 kai 电 den 气 ki
子 shi 精 sei 密 mitsu 机 ki 器 ki 制 sei 造 zo 作 saku 所 sho 社 sha 会 kai 株 kabu 式 shiki 有 yu 限 gen 商 sho 事 ji 产 san
物 butsu 重 ju 化 ka 学 gaku 药 yaku 品 hin 油 yu 石 seki 金 kin 属 zoku 钢 ko 铁 tetsu 铜 do 银 gin 行 ko 信 shin 通 tsu
讯 shin 航 ko 空 ku 宇 u 宙 chu 海 kai 洋 yo 船 sen 舶 paku 车 sha 辆 ryo 轮 rin 运 un 输 yu 送 so 建 ken 设 setsu 计 kei
测 soku 量 ryo 检 ken 查 sa 研 ken 究 kyu 技 gi 术 jutsu 科 ka 特 toku 殊 shu 种 shu 火 ka 水 sui 木 moku 土 do 山 yama 川 kawa
田 ta 原 hara 野 no 谷 tani 村 mura 林 hayashi 森 mori 岛 shima 崎 saki 岸 kishi 浜 hama 滨 hama 松 matsu 竹 take 梅 ume
樱 sakura 藤 fuji 桥 hashi 井 i 口 guchi 上 kami 下 shita 内 uchi 外 gai 高 taka 长 naga 远 en 近 kon 古 furu 青 ao 赤 aka
白 shiro 黑 kuro 富 fuji 士 shi 丰 toyo 和 wa 平 hira 安 an 正 sei 明 mei 三 mitsu 一 ichi 二 ni 四 yon 五 go 六 roku 七 nana
八 hachi 九 kyu 十 ju 百 hyaku 千 sen 万 man 京 kyo 神 shin 户 to 名 na 古 ko 屋 ya 福 fuku 仓 kura 仙 sen 台 dai 札 sap 幌 poro
横 yoko 川 kawa 细 hoso 茂 shigeru 装 so 置 chi 协 kyo 立 ritsu 联 ren 合 go 同 do 共 kyo 栄 ei 荣 ei 兴 ko 昭 sho 旭 asahi
东 to 京 kyo 亚 a 太 tai 阳 yo 洋 yo 帝 tei 国 koku 理 ri 热 netsu 冷 rei 冻 to 动 do 力 ryoku 炉 ro 真 shin 空 ku 硝 sho 玻 ga
纤 sen 维 i 织 ori 纺 bo 绩 seki 纸 shi 印 in 刷 satsu 食 shoku 粮 ryo 农 no 林 rin 渔 gyo 矿 ko 砂 sa 材 zai 料 ryo 炭 tan
素 so 硅 kei 稀 ki 磁 ji 线 sen 缆 ran 池 chi 灯 to 照 sho 映 ei 像 zo 画 ga 音 on 响 kyo 声 sei 导 do 体 tai 半 han 核 kaku
原 gen 燃 nen 能 no 源 gen 开 kai 发 hatsu 部 bu 品 hin 零 rei 轴 jiku 受 uke 弁 ben 管 kan 板 ban 罐 kan 具 gu 刀 to 剑 ken
枪 ju 炮 ho 弹 dan 防 bo 卫 ei 省 sho 厅 cho 署 sho 庁 cho 院 in 校 ko 总 so 综 so 第 dai 丸 maru 红 beni 绿 midori 星 hoshi
月 tsuki 花 hana 草 kusa 叶 ha 鸟 tori 马 ma 熊 kuma 鹿 ka 龟 kame 鹤 tsuru 龙 ryu 虎 tora 狮 shi 豊 toyo 住 sumi 友 tomo 善 zen
正 masa 义 yoshi 仁 jin 智 tomo 勇 yu 雄 o 夫 o 男 o 郎 ro 助 suke 介 suke 美 mi 惠 e 子 ko 香 ka 织 ori 纪 ki 幸 yuki 裕 hiro
浩 hiro 博 hiro 弘 hiro 隆 taka 孝 taka 秀 hide 英 hide 一 kazu 二 ji 三 zo 健 ken 诚 makoto 修 osamu 进 susumu 勉 tsutomu
豊 yutaka 敏 toshi 俊 toshi 利 toshi 久 hisa 春 haru 夏 natsu 秋 aki 冬 fuyu 昭 aki 彦 hiko 树 ki 哲 tetsu 伸 nobu 信 nobu
宏 hiro 洋 yo 直 nao 治 ji 政 masa 贞 sada 清 kiyo 芳 yoshi 良 yoshi 吉 yoshi 岩 iwa 坂 saka 阪 saka 冈 oka 宫 miya 佐 sa 伊 i
加 ka 渡 wata 边 nabe 池 ike 桐 kiri 柳 yanagi 菊 kiku 荻 ogi 萩 hagi 泽 sawa 冢 tsuka 尾 o 根 ne 津 tsu 江 e 浦 ura 湾 wan
港 ko 町 machi 里 sato 乡 go 社 sha 寺 tera 堂 do 馆 kan
"""


def _pairs(table: str) -> dict[str, str]:
    words = table.split()
    found: dict[str, str] = {}
    for written, said in zip(words[::2], words[1::2], strict=True):
        found.setdefault(written, said)
    return found


LOAN_WORDS = _pairs(_LOAN_WORDS)
SURNAMES_JA = _pairs(_SURNAMES)
ON_READINGS = _pairs(_ON)
