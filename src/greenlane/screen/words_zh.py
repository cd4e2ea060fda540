"""Chinese and Japanese words of names with the English that lists use for them: general vocabulary, in simplified characters.

A row is the characters, `=`, and the English; a second way after `/`. Japanese forms are folded to simplified characters
before they are looked up, so that one row serves both. Own writing; no dictionary and no list was copied.
"""

from __future__ import annotations

_PLACES = """
中国=china 中华=china 中=china/zhong 中国人民=china people 美国=america/us 俄罗斯=russia 俄国=russia 朝鲜=korea/korean
韩国=korea/hankuk 日本=japan/nippon 北韩=north korea 伊朗=iran 叙利亚=syria 乌克兰=ukraine 白俄罗斯=belarus
德国=germany/deutschland 法国=france 英国=britain/uk 意大利=italy 西班牙=spain 葡萄牙=portugal 荷兰=netherlands/dutch
比利时=belgium 瑞士=switzerland/swiss 瑞典=sweden 挪威=norway 芬兰=finland 丹麦=denmark 奥地利=austria 波兰=poland 捷克=czech
匈牙利=hungary 罗马尼亚=romania 保加利亚=bulgaria 希腊=greece 土耳其=turkey 以色列=israel 沙特=saudi 沙特阿拉伯=saudi arabia
阿联酋=uae 埃及=egypt 利比亚=libya 苏丹=sudan 南非=south africa 尼日利亚=nigeria 肯尼亚=kenya 印度=india 巴基斯坦=pakistan
阿富汗=afghanistan 孟加拉=bangladesh 斯里兰卡=sri lanka 缅甸=myanmar 泰国=thailand 越南=vietnam 老挝=laos 柬埔寨=cambodia
马来西亚=malaysia 新加坡=singapore 印度尼西亚=indonesia 印尼=indonesia 菲律宾=philippines 澳大利亚=australia 澳洲=australia
新西兰=new zealand 加拿大=canada 墨西哥=mexico 巴西=brazil 阿根廷=argentina 智利=chile 秘鲁=peru 古巴=cuba 委内瑞拉=venezuela
哥伦比亚=colombia 哈萨克斯坦=kazakhstan 乌兹别克斯坦=uzbekistan 吉尔吉斯斯坦=kyrgyzstan 塔吉克斯坦=tajikistan 蒙古=mongolia
伊拉克=iraq 黎巴嫩=lebanon 约旦=jordan 科威特=kuwait 卡塔尔=qatar 也门=yemen 立陶宛=lithuania 拉脱维亚=latvia 爱沙尼亚=estonia
欧洲=europe/european 亚洲=asia 非洲=africa 美洲=america 拉丁美洲=latin america 亚太=asia pacific 太平洋=pacific 大西洋=atlantic
印太=indo pacific 东亚=east asia 远东=far east 中东=middle east 北美=north america 全球=global 世界=world 国际=international
北极=arctic 南海=south sea 东海=donghai/east sea 黄海=huanghai/yellow sea 渤海=bohai
北京=beijing 上海=shanghai 天津=tianjin 重庆=chongqing 香港=hong kong 澳门=macau 台湾=taiwan 台北=taipei 台中=taichung
高雄=kaohsiung 新竹=hsinchu 广东=guangdong 广州=guangzhou 深圳=shenzhen 东莞=dongguan 佛山=foshan 珠海=zhuhai 中山=zhongshan
惠州=huizhou 汕头=shantou 江门=jiangmen 湛江=zhanjiang 江苏=jiangsu 南京=nanjing 苏州=suzhou 无锡=wuxi 常州=changzhou
南通=nantong 扬州=yangzhou 徐州=xuzhou 镇江=zhenjiang 昆山=kunshan 江阴=jiangyin 张家港=zhangjiagang 浙江=zhejiang 杭州=hangzhou
宁波=ningbo 温州=wenzhou 嘉兴=jiaxing 绍兴=shaoxing 金华=jinhua 台州=taizhou 义乌=yiwu 湖州=huzhou 舟山=zhoushan 安徽=anhui
合肥=hefei 芜湖=wuhu 蚌埠=bengbu 福建=fujian 福州=fuzhou 厦门=xiamen 泉州=quanzhou 漳州=zhangzhou 江西=jiangxi 南昌=nanchang
九江=jiujiang 赣州=ganzhou 景德镇=jingdezhen 山东=shandong 济南=jinan 青岛=qingdao 烟台=yantai 潍坊=weifang 威海=weihai
淄博=zibo 临沂=linyi 济宁=jining 河南=henan 郑州=zhengzhou 洛阳=luoyang 开封=kaifeng 新乡=xinxiang 许昌=xuchang 湖北=hubei
武汉=wuhan 宜昌=yichang 襄阳=xiangyang 湖南=hunan 长沙=changsha 株洲=zhuzhou 湘潭=xiangtan 衡阳=hengyang 河北=hebei
石家庄=shijiazhuang 唐山=tangshan 保定=baoding 廊坊=langfang 秦皇岛=qinhuangdao 邯郸=handan 山西=shanxi 太原=taiyuan 大同=datong
陕西=shaanxi 西安=xian/xi an 咸阳=xianyang 宝鸡=baoji 汉中=hanzhong 四川=sichuan 成都=chengdu 绵阳=mianyang 德阳=deyang
自贡=zigong 贵州=guizhou 贵阳=guiyang 遵义=zunyi 云南=yunnan 昆明=kunming 广西=guangxi 南宁=nanning 桂林=guilin 柳州=liuzhou
海南=hainan 海口=haikou 三亚=sanya 辽宁=liaoning 沈阳=shenyang 大连=dalian 丹东=dandong 鞍山=anshan 抚顺=fushun 锦州=jinzhou
营口=yingkou 吉林=jilin 长春=changchun 延边=yanbian 黑龙江=heilongjiang 哈尔滨=harbin 大庆=daqing 齐齐哈尔=qiqihar
牡丹江=mudanjiang 内蒙古=inner mongolia 呼和浩特=hohhot 包头=baotou 鄂尔多斯=ordos 新疆=xinjiang 乌鲁木齐=urumqi 西藏=tibet
拉萨=lhasa 甘肃=gansu 兰州=lanzhou 青海=qinghai 西宁=xining 宁夏=ningxia 银川=yinchuan 和田=hotan 喀什=kashgar/kashi 阿克苏=aksu
伊犁=yili 石河子=shihezi 库尔勒=korla 浦东=pudong 张江=zhangjiang 中关村=zhongguancun 华东=east china/huadong
华南=south china/huanan 华北=north china/huabei 华中=central china/huazhong 西北=northwest/northwestern
西南=southwest/southwestern 东北=northeast/northeastern 东南=southeast 华西=west china/huaxi 长江=yangtze/changjiang
黄河=yellow river/huanghe 珠江=pearl river/zhujiang 九龙=kowloon
纽约=new york 华盛顿=washington 洛杉矶=los angeles 旧金山=san francisco 加利福尼亚=california 加州=california 德克萨斯=texas
得克萨斯=texas 佛罗里达=florida 弗吉尼亚=virginia 密苏里=missouri 内华达=nevada 亚利桑那=arizona 科罗拉多=colorado
阿拉斯加=alaska 夏威夷=hawaii 圣路易斯=st louis 哈德逊=hudson 伦敦=london 巴黎=paris 柏林=berlin 莫斯科=moscow
圣彼得堡=saint petersburg 东京=tokyo 大阪=osaka 名古屋=nagoya 横滨=yokohama 神户=kobe 京都=kyoto 福冈=fukuoka 广岛=hiroshima
长崎=nagasaki 川崎=kawasaki 千叶=chiba 埼玉=saitama 北海道=hokkaido 札幌=sapporo 仙台=sendai 冲绳=okinawa 佐世保=sasebo
因岛=innoshima 首尔=seoul 釜山=busan 仁川=incheon 迪拜=dubai 德黑兰=tehran
平壤=pyongyang 罗先=rason 罗津=rajin 先锋=sonbong/pioneer 顺川=sunchon 元山=wonsan 清津=chongjin 咸兴=hamhung 南浦=nampo
开城=kaesong 新义州=sinuiju 海州=haeju 惠山=hyesan 江界=kanggye 沙里院=sariwon 平城=pyongsong 安州=anju 价川=kaechon
德川=tokchon 宁边=yongbyon 龟城=kusong 熙川=huichon 定州=chongju 端川=tanchon 金策=kimchaek 兴南=hungnam 泰川=taechon
白头山=paektusan 千里马=chollima 大同江=taedonggang 普通江=pothonggang 妙香山=myohyangsan 南川江=namchongang 青云山=chong unsan
主体=juche 高丽=koryo 牡丹=moran/mudan 锦绣山=kumsusan 金刚山=kumgangsan 万寿台=mansudae 万景=mangyong 万景台=mangyongdae
凤火=ponghwa 烽火=ponghwa 凌罗=rungra/rungna 绫罗=rungra/rungna 乐园=ragwon/paradise 龙城=ryongsong 龙岳山=ryongaksan
鸭绿江=amnokgang 豆满江=tuman 檀君=tangun
"""

_TRADES = """
公司=company 集团=group/corporation 控股=holdings/holding 企业=enterprise 实业=industry/industrial 工业=industry/industrial
产业=industry 商业=commercial/business 商务=business 商社=trading firm 商贸=trading/commerce 贸易=trading 经贸=economic trade
外贸=foreign trade 进出口=import export 进口=import 出口=export 经济=economic 国际贸易=international trading 国际=international
投资=investment 资本=capital 金融=finance 财务=finance 银行=bank 保险=insurance 证券=securities 基金=fund 信托=trust 资产=asset
资产管理=asset management 管理=management 服务=service 咨询=consulting 顾问=consulting/advisors 发展=development
开发=development 建设=construction 建筑=construction/architecture 建工=construction engineering 工程=engineering
制造=manufacturing 生产=production 加工=processing 设备=equipment 装备=equipment 装置=device 机械=machinery/mechanical
机器=machine/machinery 机电=electromechanical/mechanical electrical 机床=machine tool 工具=tools 模具=mould 仪器=instrument
仪表=instrument 仪器仪表=instrument 器材=equipment 器件=devices 元件=components 元器件=components 零件=parts 部件=parts
配件=accessories/parts 组件=components 电子=electronics/electronic 电气=electric/electrical 电器=electric appliance/electrical
电力=electric power/power 电机=electric motor 电工=electrical engineering 电池=battery 电源=power supply 电缆=cable 电路=circuit
电波=radio wave 电讯=telecommunications 电信=telecom 电脑=computer 电磁=electromagnetic 电声=electroacoustic 电视=television
电影=film 微电子=microelectronics 光电=optoelectronics/photoelectric 光电子=optoelectronics 光电技术=optoelectronic technology
光学=optical/optics 光机=optics mechanics 光纤=optical fiber 光缆=optical cable 光子=photonics 激光=laser 红外=infrared
半导体=semiconductor 集成电路=integrated circuit 芯片=chip 传感器=sensor 传感=sensing 微波=microwave 雷达=radar 射频=rf
无线=wireless 无线电=radio 天线=antenna 通信=communication/communications 通讯=communication 卫星=satellite 导航=navigation
定位=positioning 遥感=remote sensing 遥测=telemetry 测控=measurement control 测绘=surveying mapping 测量=measurement
测试=test/testing 试验=test 检测=testing/inspection 计量=metrology 控制=control 自动化=automation 自动控制=automatic control
智能=intelligent 人工智能=artificial intelligence 智慧=smart 机器人=robot/robotics 无人机=uav/drone 无人=unmanned
无人系统=unmanned systems 软件=software 硬件=hardware 网络=network 互联网=internet 信息=information
信息技术=information technology 数据=data 大数据=big data 数码=digital 数字=digital 云计算=cloud computing 计算=computing
计算机=computer 计算技术=computing technology 超级计算=supercomputing 超级计算中心=supercomputing center 超算=supercomputing
安全=security/safety 网络安全=cyber security 信息安全=information security 保密=secrecy 密码=cryptography 系统=system/systems
系统工程=systems engineering 集成=integration 系统集成=system integration 平台=platform 技术=technology
科技=technology/science technology 科学=science/scientific 科学技术=science technology 高科技=high tech 高新技术=high technology
高技术=high technology 新技术=new technology 应用=applied/application 应用技术=applied technology 研究=research
研发=research development 研制=development 研究院=research institute/academy 研究所=research institute/institute
研究中心=research center 研究室=laboratory/research office 设计=design 设计院=design institute
设计研究院=design research institute 实验室=laboratory 重点实验室=key laboratory 国家重点实验室=state key laboratory
国家实验室=national laboratory 实验=experiment 科学院=academy of sciences 中国科学院=chinese academy of sciences
工程院=academy of engineering 技术研究院=academy of technology/institute of technology 大学=university 学院=college/institute
理工=technology/science technology 理工大学=university of technology/university of science technology
科技大学=university of science technology 工业大学=university of technology/polytechnical university
理工学院=institute of technology/institute of science technology 工学院=institute of engineering
航空航天大学=university of aeronautics astronautics 航空学院=institute of aeronautics
邮电大学=university of posts telecommunications 邮电=posts telecommunications
电子科技大学=university of electronic science technology 交通大学=jiaotong university 师范大学=normal university
医科大学=medical university 农业大学=agricultural university 海事大学=maritime university 石油大学=university of petroleum
矿业大学=university of mining technology 国防科技大学=national university of defense technology
国防大学=national defense university 警察大学=police university 学校=school 中学=middle school 小学=primary school 高等=higher
专科=college 职业=vocational 教育=education 培训=training
航天=aerospace/space 航空=aviation/aeronautical 航空航天=aerospace/aeronautics astronautics
航天科技=aerospace science technology 航天科工=aerospace science industry 航天技术=spaceflight technology/aerospace technology
宇航=astronautics/aerospace 宇宙=space 太空=space 空间=space 空间技术=space technology 航太=aerospace 飞机=aircraft 飞行=flight
飞行器=aircraft/flight vehicle 直升机=helicopter 发动机=engine 发射=launch 发射中心=launch center 动力=power/propulsion
推进=propulsion 火箭=rocket 运载火箭=launch vehicle 导弹=missile 弹道=ballistic 火炮=artillery 弹药=ammunition 火药=explosives
兵器=ordnance/weapons 武器=weapons 军工=military industry 军事=military 军队=army 陆军=army 海军=navy/naval 空军=air force
国防=national defense/defense 国防科技=defense science technology 防卫=defense 防务=defense 防御=defense 警察=police
公安=public security 公安局=public security bureau 公安厅=public security department 国家安全=state security
船舶=shipbuilding/ship 造船=shipbuilding 造船厂=shipyard 造船所=shipyard/shipbuilding 舰船=ship/vessel 舰艇=naval 船用=marine
海洋=ocean/marine 海洋工程=ocean engineering/offshore engineering 海事=maritime 海运=shipping/marine transport 航运=shipping
船务=shipping 船厂=shipyard 港口=port 港务=port 水下=underwater 水声=underwater acoustics 声学=acoustics 潜艇=submarine
海底=submarine 物流=logistics 运输=transport/transportation 运输机=transport aircraft 货运=freight
货代=freight forwarding 国际货运代理=international freight forwarding 代理=agency 快递=express 供应链=supply chain
仓储=storage/warehousing 铁路=railway 铁道=railway 公路=highway 高速=high speed 交通=transportation/traffic 汽车=automobile/auto
车辆=vehicle 轨道交通=rail transit 机车=locomotive 轮胎=tire
能源=energy 新能源=new energy 太阳能=solar energy/solar 光伏=photovoltaic 风电=wind power 风能=wind energy 核能=nuclear energy
核=nuclear 核工业=nuclear industry 核电=nuclear power 核动力=nuclear power 原子能=atomic energy 原子=atomic 物理=physics
工程物理=engineering physics 化学=chemistry/chemical 化工=chemical 石油=petroleum/oil 石化=petrochemical 石油化工=petrochemical
天然气=natural gas 燃气=gas 煤炭=coal 煤矿=coal mine 矿业=mining 矿产=minerals 矿山=mine 采矿=mining
冶金=metallurgical/metallurgy 钢铁=iron steel/steel 特钢=special steel 金属=metal 有色金属=nonferrous metals 有色=nonferrous
稀土=rare earth 铝业=aluminum 铜业=copper 钨业=tungsten 钼业=molybdenum 锂业=lithium 硅业=silicon 多晶硅=polysilicon
碳纤维=carbon fiber 碳素=carbon 石墨=graphite 陶瓷=ceramics/ceramic 玻璃=glass 水泥=cement 塑料=plastics 橡胶=rubber 纤维=fiber
材料=materials 新材料=new materials 复合材料=composite materials 复合=composite 磁性=magnetic 磁材=magnetic materials
磁业=magnetics 涂料=coatings 树脂=resin 纺织=textile 服装=garment/apparel 服饰=apparel 棉业=cotton 造纸=paper 印刷=printing
包装=packaging 家具=furniture 食品=food 农业=agriculture/agricultural 农产品=agricultural products 粮食=grain 粮油=grain oil
种业=seed 畜牧=livestock 水产=fishery/marine products 渔业=fishery 林业=forestry 木业=wood 制药=pharmaceutical
药业=pharmaceutical 医药=pharmaceutical/medicine 医疗=medical 医院=hospital 医学=medical 医科=medical
生物=biology/biological/bio 生物科技=biotechnology 生物技术=biotechnology 基因=gene/genomics 基因组=genomics 健康=health
卫生=health 诊疗所=clinic/hospital 诊所=clinic 烟草=tobacco 酒业=liquor 饮料=beverage 珠宝=jewelry 玩具=toys 礼品=gifts
体育=sports 文化=culture 传媒=media 媒体=media 广告=advertising 影视=film television 娱乐=entertainment 旅游=tourism
旅行社=travel agency 酒店=hotel 饭店=hotel 房地产=real estate 置业=property 地产=real estate 物业=property 装饰=decoration
环保=environmental protection 环境=environment/environmental 环境科技=environmental technology 节能=energy saving
水利=water conservancy 水电=hydropower 水务=water 气象=meteorological 地质=geological 地球=earth 地理=geography 地震=earthquake
天文=astronomical/astronomy 授时=time service
股权=equity 合作=cooperation 联合=united/joint 联盟=alliance/union 协会=association 学会=society 商会=chamber of commerce
基金会=foundation 组织=organization 机构=organization/institution 委员会=committee/commission 理事会=council 中心=center
总部=headquarters 总局=general bureau/general administration 管理局=administration/administration bureau 分局=branch
部=department/ministry 局=bureau 省=province/ 市=city/ 县=county/ 区=district/ 自治区=autonomous region/ 州=state/ 厅=department
处=office 办公室=office 办事处=office/representative office 代表处=representative office 分公司=branch 分行=branch 分院=branch
子公司=subsidiary 工厂=factory/plant 厂=factory/plant 总厂=general factory 车间=workshop 基地=base 园区=park
工业园=industrial park 科技园=science park 工场=factory 制作所=works/seisakusho 制造所=works/factory 商店=store 商场=store
商行=trading company 贸易行=trading 经营部=business department 销售=sales 营销=marketing 市场=market 批发=wholesale 零售=retail
超市=supermarket 电商=e commerce 电子商务=e commerce 租赁=leasing 融资租赁=financial leasing 担保=guarantee 典当=pawn
拍卖=auction 会展=exhibition 展览=exhibition 招标=tendering 劳务=labor 人力资源=human resources 人才=talent 律师事务所=law firm
会计师事务所=accounting firm 事务所=office/firm
国家=national/state 国立=national 国营=state owned/national 国有=state owned 全国=national 人民=people/people's
人民政府=people's government 政府=government 政治=political 外交=foreign affairs 战略=strategic/strategy
国际战略=international strategic 政策=policy 问题=issues/studies 中央=central 地方=local 总=general 第一=first 第二=second
第三=third 第四=fourth 第五=fifth 第六=sixth 第七=seventh 第八=eighth 第九=ninth 第十=tenth 高级=advanced/senior 先进=advanced
先端=advanced 精密=precision/seimitsu 精工=precision/seiko 特种=special 特殊=special 专用=special 通用=general
综合=comprehensive/general/sogo 重工=heavy industries/heavy industry 重工业=heavy industries 轻工=light industry
轻工业=light industry 重型=heavy 大型=large 小型=small 微型=micro 纳米=nano 量子=quantum 量子信息=quantum information
超导=superconducting/superconductor 真空=vacuum 低温=cryogenic 高压=high voltage/high pressure 高能=high energy 燃烧=combustion
热能=thermal 流体=fluid 空气动力=aerodynamics 气动=aerodynamics/pneumatic 液压=hydraulic 力学=mechanics 结构=structure
强度=strength 轴承=bearing 齿轮=gear 阀门=valve 泵业=pump 泵=pump 压缩机=compressor 锅炉=boiler 容器=vessel/container
气瓶=cylinder 管道=pipeline/pipe 钢管=steel pipe 焊接=welding 铸造=foundry/casting 锻造=forging 热处理=heat treatment
表面=surface 工艺=process/technology 质量=quality 标准=standard/standards 情报=information/intelligence 图书馆=library
出版=publishing 出版社=press 新闻=news 通讯社=news agency 报社=newspaper 广播=broadcasting 邮政=postal/post 人权=human rights
观察=watch 民主=democracy 自由=freedom/liberty 和平=peace 正义=justice 独立=independent 救援=rescue/relief 慈善=charity
解决方案=solutions 方案=solutions 产品=products 商品=commodities/merchandise 物资=materials/supplies 材质=material
配套=supporting 维修=maintenance/repair 修理=repair 保障=support 后勤=logistics 支援=support 供应=supply 供给=supply
采购=procurement 资源=resources 水资源=water resources 再生=renewable/recycling 废物=waste 循环=circular 创新=innovation
创业=venture 孵化=incubator 创意=creative 动漫=animation 游戏=games 在线=online 移动=mobile 手机=mobile phone 终端=terminal
显示=display 液晶=lcd 照明=lighting 灯具=lighting 音响=audio 视频=video 图像=image 识别=recognition 语音=speech/voice
监控=surveillance 安防=security 报警=alarm 消防=fire 空调=air conditioning 制冷=refrigeration 冷冻=refrigeration
家电=home appliances
株式会社=co 合同=joint/contract 共同=joint 合弁=joint venture 合营=joint venture 合资=joint venture 总合=general/comprehensive
海上=maritime 海外=overseas 对外=foreign/external 对外经济=external economic 外国=foreign 特殊车辆=special vehicles 车=vehicle
服务公司=services 新=new/xin 原=former 旧=former 有限=limited 责任=liability 所属=affiliated 附属=affiliated
"""

# Words that make up the heart of many company names, chiefly in translation of foreign ones.
_MORE = """
连合=united/ryonhap 联合企业=complex 联合企业所=complex/united enterprise 企业所=enterprise 炭矿=coal mine
制铁所=iron works/steel works 制钢所=steel works 制炼所=smelter 机械厂=machinery plant/machine factory 机器厂=machinery plant
化学工场=chemical factory 总会社=general corporation 代表部=representative office 经济贸易=economic trade 对外贸易=foreign trade
对外经济关系=external economic relations 技术贸易=technical trade/technology trade 合作社=cooperative
国家航空航天=national aerospace 航空宇宙=aerospace 宇宙开发=space development 宇宙航空=aerospace
开发机构=development organization 研究机构=research institution 研究开发=research development 研究会=research society
研究部=research department 战略研究=strategic studies 国际问题=international studies 国际关系=international relations
国际事务=international affairs 安全研究=security studies 公共政策=public policy 政策研究=policy research
经济研究=economic research 中国研究=china studies 台湾关系=taiwan relations 理事=council 议会=parliament 国会=congress
众议院=house of representatives 参议院=senate 法院=court 法庭=tribunal 检察院=procuratorate 司法=justice 监狱=prison
海关=customs 税务=tax 警察局=police department 警卫=guard 国民=national 国民警卫队=national guard 军团=corps 师=division
旅=brigade 舰队=fleet 基地=base 学校=school 党校=party school
陆上=land 地面=ground 空中=air/aerial 水上=surface 火控=fire control 飞控=flight control 任务=mission 任务系统=mission systems
作战=combat/operations 运营=operations 支持=support 模拟=simulation 仿真=simulation 建模=modeling 分析=analysis/analytics
评估=evaluation 监测=monitoring 监视=surveillance 侦察=reconnaissance/scout 情报局=intelligence agency 感知=awareness/sensing
探测=detection 探测器=detector 成像=imaging 光谱=spectrum/spectral 多光谱=multispectral 信号=signal 信号处理=signal processing
处理=processing 电子对抗=electronic countermeasures 电子战=electronic warfare 频率=frequency 时间频率=time frequency
控制工程=control engineering 控制系统=control systems 控制技术=control technology 惯性=inertial 陀螺=gyroscope 平台=platform
伺服=servo 电动=electric 电控=electronic control 电动机=motor 磁石=magnet 磁铁=magnet 永磁=permanent magnet 超硬=superhard
硬质合金=cemented carbide 合金=alloy 粉末=powder 粉末冶金=powder metallurgy 晶体=crystal 晶圆=wafer 光刻=lithography
封装=packaging 封测=packaging testing 存储=memory/storage 存储器=memory 处理器=processor 服务器=server 云=cloud
云服务=cloud services 区块链=blockchain 物联网=internet of things 数据中心=data center 信息系统=information systems
信息工程=information engineering 信息科技=information technology 信息科学=information science 通信技术=communication technology
通信设备=communication equipment 移动通信=mobile communications 卫星通信=satellite communications 广电=broadcasting television
电子工程=electronic engineering 电子技术=electronic technology 电子科技=electronic technology/electronics technology
电子工业=electronics industry 电子产品=electronic products 电子器件=electronic devices 电子元件=electronic components
电子材料=electronic materials 电子商务=e commerce 机电设备=electromechanical equipment 机械设备=machinery equipment
机械制造=machinery manufacturing 机械工业=machinery industry 机械工程=mechanical engineering 精密机械=precision machinery
精密仪器=precision instruments 精密制造=precision manufacturing 航空工业=aviation industry
航空技术=aviation technology 航空工程=aeronautical engineering 航空材料=aeronautical materials
航空发动机=aero engine 航空电子=avionics 航天工业=aerospace industry 航天工程=aerospace engineering 航天发射=space launch
火箭军=rocket force 战略支援部队=strategic support force 部队=force/unit 无人航空=unmanned aerial
无人飞行器=unmanned aerial vehicle 飞行控制=flight control 飞艇=airship 航母=aircraft carrier
船舶重工=shipbuilding heavy industry 船舶工业=shipbuilding industry 船舶工程=ship engineering 船舶设计=ship design
海洋科技=marine technology 海洋科学=marine science 海洋研究=oceanographic research 核技术=nuclear technology
核物理=nuclear physics 核燃料=nuclear fuel 燃料=fuel 原子能机构=atomic energy organization 应用物理=applied physics
计算数学=computational mathematics 数学=mathematics 力学研究=mechanics research 流体力学=fluid mechanics 理化=physical chemical
物理化学=physical chemistry 应用化学=applied chemistry 精细化工=fine chemicals 生命科学=life science
农业科学=agricultural science 医学科学=medical science 军事医学=military medical 军事科学=military science
社会科学=social science 材料科学=materials science 材料科技=material technology 计算机科学=computer science
计算机技术=computer technology 软件园=software park 软件技术=software technology
国际贸易公司=international trading company 国际物流=international logistics 国际经济=international economic
国际投资=international investment 国际控股=international holdings 国际实业=international industrial
投资管理=investment management 投资控股=investment holdings 投资集团=investment group 控股集团=holding group
企业管理=enterprise management 企业集团=enterprise group 贸易发展=trade development
科技发展=technology development/science technology development 科技开发=technology development 科技园区=science park
技术开发=technology development 技术服务=technical service 技术转让=technology transfer 技术中心=technology center
工程技术=engineering technology 工程技术研究中心=engineering technology research center 工程研究中心=engineering research center
工程公司=engineering company 设计公司=design company 生产力=productivity 孵化器=incubator 合资公司=joint venture
外商独资=wholly foreign owned 股份制=joint stock 总代理=general agent 供销=supply marketing 五金=hardware 五矿=minmetals
建材=building materials 水泥厂=cement plant 玻璃厂=glass factory 化肥=fertilizer 农药=pesticide 种子=seed
粮油食品=cereals oils foodstuffs 茶叶=tea 丝绸=silk 番茄=tomato 辣椒=pepper 棉花=cotton 羽绒=down 帽子=hat 鞋业=shoes
皮革=leather 毛纺=wool textile 针织=knitting 地毯=carpet 假发=hair products 铅笔=pencil 乐器=musical instrument 钟表=watch clock
眼镜=glasses/optical 照相机=camera 相机=camera 镜头=lens 投影=projection 光伏科技=photovoltaic technology
电池科技=battery technology 储能=energy storage 氢能=hydrogen energy 锂电=lithium battery 充电=charging 变压器=transformer
开关=switch 继电器=relay 连接器=connector 电容=capacitor 电容器=capacitor 电阻=resistor 线路板=circuit board
电路板=circuit board 贴片=smd 印制电路=printed circuit
全球=global 环球=global/universal 寰球=global 万国=international 东亚=east asia 亚细亚=asia 大洋=ocean 大陆=continental/mainland
远洋=ocean shipping 内河=inland 沿海=coastal 岛=island 山=mountain/shan 海=sea/hai 江=river/jiang 河=river/he 湖=lake/hu
湾=bay/wan 港=port/gang 桥=bridge/qiao 门=gate/men 城=city/cheng 维度=dimensions/dimension 立方=cubic/cube 矩阵=matrix
向量=vector 矢量=vector 顶点=apex/vertex 极光=aurora 北极星=polaris 北斗=beidou 天眼=sky eye 天网=skynet 千禧=millennium
世纪=century 时代=times/era 未来=future 明天=tomorrow 希望=hope 梦想=dream 智库=think tank 智能科技=intelligent technology
思维=thinking 创世=genesis 基石=cornerstone/keystone 支柱=pillar 堡垒=fortress/bastion 要塞=fortress 城堡=castle
哨所=outpost 前哨=outpost 雇佣=employment 护航=escort 破浪=wave 海狼=seawolf
海豹=seal 毒蛇=viper 响尾蛇=rattlesnake 秃鹰=condor 渡鸦=raven 乌鸦=raven/crow 蜂鸟=hummingbird 蜻蜓=dragonfly 蝙蝠=bat
蜘蛛=spider 蚂蚁=ant 麻雀=sparrow 燕子=swallow 海鸥=seagull 天鹅=swan 孔雀=peacock 麒麟=qilin/kirin 独角兽=unicorn 泰坦=titan
赫尔墨斯=hermes 阿波罗=apollo 雅典娜=athena 宙斯=zeus 奥丁=odin 北美防空=norad 圣骑士=paladin 骑兵=cavalry
弓箭手=archer 猎人=hunter 游侠=ranger 侠客=ranger 守望=watch 守望者=watchman 观察=watch/observer
论坛=forum 圆桌=roundtable 网络=network/cyber 桥梁=bridge 先锋=pioneer/vanguard 大都会=metropolitan
大陆航空=continental airlines 联合国=united nations 欧盟=eu/european union 北约=nato
"""

_CORES = """
长城=great wall/changcheng 长征=long march/changzheng 东方=oriental/dongfang/orient 北方=north/northern/norinco
南方=south/southern/nanfang 西方=western 光明=bright/guangming 黎明=liming/dawn 曙光=sugon/dawning 胜利=victory/shengli
和平=peace/heping 红旗=red flag/hongqi 星空=starry sky 天空=sky 蓝天=blue sky 海岸=coast/coastal
山脉=mountains/range 高峰=summit/peak 顶峰=summit 峰会=summit
前沿=frontier/leading edge 边界=border/frontier 前线=frontline 尖端=cutting edge 盾牌=shield 护盾=shield 护卫=guard
卫士=guardian 守护=guardian 猎鹰=falcon 雄鹰=eagle 老鹰=eagle 狮子=lion 老虎=tiger 凤凰=phoenix/fenghuang
海豚=dolphin 鲨鱼=shark 眼镜蛇=cobra 骑士=knight 武士=samurai/warrior 勇士=warrior 战士=warrior 哨兵=sentinel
先锋=vanguard/pioneer 先驱=pioneer 开拓者=pathfinder/pioneer 探索=exploration 探索者=explorer 发现=discovery
远景=vision/foresight 视野=vision/horizon 视觉=vision 地平线=horizon 宇宙=universe/cosmos/space 银河=galaxy/yinhe
星际=interstellar 星球=planet 行星=planet 月球=lunar 太阳=sun/solar 火星=mars 彗星=comet 闪电=lightning 雷霆=thunder 风暴=storm
旋风=cyclone 飓风=hurricane 火焰=flame/fire 岩石=rock 钻石=diamond 水晶=crystal 珍珠=pearl 翡翠=jade/emerald 皇家=royal
帝国=imperial/empire 女王=queen 皇冠=crown 自由=freedom/liberty 优势=advantage 动态=dynamic/dynamics 通用动力=general dynamics
通用原子=general atomics 通用电气=general electric 洛克希德·马丁=lockheed martin 洛克希德马丁=lockheed martin 雷神=raytheon
波音=boeing 空中客车=airbus 诺斯罗普·格鲁曼=northrop grumman 诺思罗普·格鲁曼=northrop grumman 霍尼韦尔=honeywell 英特尔=intel
微软=microsoft 谷歌=google 苹果=apple 特斯拉=tesla 西门子=siemens 三菱=mitsubishi 三菱重工=mitsubishi heavy industries/mhi
三井=mitsui 住友=sumitomo 丸红=marubeni 伊藤忠=itochu 日立=hitachi 东芝=toshiba 索尼=sony 松下=panasonic 富士通=fujitsu
富士=fuji 日产=nissan 丰田=toyota 本田=honda 马自达=mazda 铃木=suzuki 斯巴鲁=subaru 日野=hino 夏普=sharp 佳能=canon 尼康=nikon
京瓷=kyocera 三星=samsung 现代=hyundai/modern 起亚=kia 大宇=daewoo
华为=huawei 中兴=zte/zhongxing 海康威视=hikvision 大华=dahua 浪潮=inspur/langchao 联想=lenovo 海尔=haier 海信=hisense 美的=midea
格力=gree 比亚迪=byd 腾讯=tencent 阿里巴巴=alibaba 百度=baidu 京东=jd/jingdong 字节跳动=bytedance 小米=xiaomi 大疆=dji/da jiang
旷视=megvii 商汤=sensetime 依图=yitu 云从=cloudwalk 科大讯飞=iflytek 寒武纪=cambricon
中芯国际=semiconductor manufacturing international/smic 中芯=smic/zhongxin 长江存储=yangtze memory 长鑫存储=changxin memory
紫光=tsinghua unigroup/unigroup/ziguang 紫光展锐=unisoc 展锐=unisoc 海光=hygon/haiguang 飞腾=phytium/feiteng 龙芯=loongson
申威=sunway/shenwei 华大基因=bgi 华大=bgi/huada 中科=zhongke/cas 中船=cssc/china shipbuilding 中船重工=csic 中航=avic/zhonghang
航发=aero engine 中国航发=aero engine corporation of china/aecc 中电=cec/zhongdian 中电科=cetc/china electronics technology
中核=cnnc/china nuclear 中石油=cnpc/petrochina 中石化=sinopec 中海油=cnooc 中化=sinochem 中粮=cofco 中铁=china railway/crec
中车=crrc 中建=china construction 中交=china communications construction 中远=cosco 中远海运=cosco shipping 招商=china merchants
招商局=china merchants 保利=poly 北方工业=norinco/north industries 南方工业=south industries 一汽=faw 东风=dongfeng 上汽=saic
奇瑞=chery 吉利=geely 长安=changan 宝武=baowu 宝钢=baosteel 鞍钢=ansteel 中信=citic 光大=everbright 平安=ping an 民生=minsheng
清华=tsinghua 北大=peking university 北京大学=peking university 清华大学=tsinghua university 中山大学=sun yat sen university
苏州大学=soochow university 哈工大=harbin institute of technology 哈尔滨工业大学=harbin institute of technology
西北工业大学=northwestern polytechnical university
北京航空航天大学=beihang university/beijing university of aeronautics astronautics 北京理工大学=beijing institute of technology
哈尔滨工程大学=harbin engineering university 国家超级计算=national supercomputing 解放军=people's liberation army/pla
人民解放军=people's liberation army 人民武装警察=people's armed police 生产建设兵团=production construction corps 兵团=corps
建设兵团=construction corps
"""


def _rows(table: str) -> dict[str, tuple[str, ...]]:
    """Characters -> the ways to say them; a row runs to the next one, which begins with a character that is not ASCII."""
    rows: dict[str, tuple[str, ...]] = {}
    key, said = "", ""
    for piece in table.split():
        if "=" in piece and not piece.isascii():
            if key:
                rows.setdefault(key, tuple(said.split("/")))
            key, _, said = piece.partition("=")
        else:
            said += " " + piece
    if key:
        rows.setdefault(key, tuple(said.split("/")))
    return rows


PLACES_ZH = _rows(_PLACES)
CORES_ZH = _rows(_CORES)
MORE_ZH = _rows(_MORE)
TRADES_ZH = _rows(_TRADES)

#: All words, and the length of the longest.
WORDS_ZH: dict[str, tuple[str, ...]] = MORE_ZH | TRADES_ZH | CORES_ZH | PLACES_ZH
LONGEST_ZH = max(len(word) for word in WORDS_ZH)
