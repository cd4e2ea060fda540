"""Words of names in Latin letters that carry little of who it is: trades, places, titles, numbers, small words.

Trades come down to one spelling a family (`trading`, `trdg`, `trade` -> `trade`), since lists, translators and clerks
choose freely among them. Written from general knowledge; no list of names was read for it.
"""

from __future__ import annotations

# family: other spellings, inflected forms and usual abbreviations.
_TRADES = """
technology: technologies tech techn technical technological technol tekhnologii tekhnologiya tekhnologiia technologie
technology: technologia tecnologia tecnologias teknoloji teknolojileri tekhno techs tecnologica tehnologii
international: intl int internat internacional internationale internatl mezhdunarodnyi mezhdunarodnyy mezhdunarodnaya
international: uluslararasi internazionale
national: natl nat nacional nationale natsionalnyi natsionalnyy natsionalnaya
institute: inst institut instituto institutes instit instituti
university: univ uni universitet universidad universitaet universitat universite universities universitesi
industry: ind inds industries industrial indus industria industrias indust endustri endustriyel sanayi sanayii promyshlennyi
industry: promyshlennaya promyshlennost prom industrie industrialnyi
science: sci scientific sciences nauchnyi nauchnaya nauchno nauka
research: res rsch resrch issledovatelskii issledovatelskiy issledovatelskiye
trade: trading trdg trd trades trader traders torgovlya torgovyi torgovy torgovyy trgovina trgovinu ticaret tijarat bazargani
trade: commercial comm commerce comercial comercio commerciale commercialization comercializadora
manufacture: manufacturing mfg manuf manufacturer manufacturers manufactory mfr mfrs manufactures
engineering: eng engg engr engrg engineers engineer inzhiniring inzheneriya muhendislik ingenieria ingenierie enginering
electronics: electronic elec electron elektronik elektronika elektronnyi elektronnye electronica elctronics electr elektroniki
electric: electrical electricity elektrik elektricheskii
machinery: mach machine machines makina makine makineleri mashinery
machinebuilding: mashinostroeniya mashinostroitelnyi mashinostroenie mashinostroitelnyy
development: dev devel developments dvlpt developing razvitiya
management: mgmt mgt mngt mgnt managing
service: svc svcs serv services srv servis servicios servicio uslugi servisi khadamat
group: grp gp gruppa grup grupo gruppe groups groupe grubu gruppy
holding: hldg hldgs hldings holdings hold kholding holdingi
enterprise: ent entp enterprises predpriyatie predpriyatiye empresa empresas entreprise pidpryiemstvo predpriatie
equipment: equip eqpt equipments oborudovanie oborudovaniya
products: prod product prods
production: proizvodstvo proizvodstvennoe proizvodstvennyi proizvodstvennaya productions productora
system: sys systems syst sistem sistemi sistema sistemy sistemas sistemleri
shipping: shpg shippng ship ships denizcilik deniz sudokhodnaya nakliyat gemi
transport: trans transp transportation transportes transportnaya tasimacilik transports tasima
logistics: logis logistic logistik lojistik log logistica logistika
construction: const constr construct constructions construcciones constructora stroitelstvo stroitelnaya insaat insaati stroi
construction: stroitelnyi
investment: inv invest investments investissement inversiones yatirim investitsii sarmayeh invst investing inversion
finance: fin financial finans finansovaya finances financiera
import: imp imports ithalat importacion
export: exp exports exporting eksport ihracat exporter exportacion
importexport: impex impeks
information: info informatsionnyi informatics informatsionnye informatika
communication: comms communications commun kommunikatsii comunicaciones iletisim
telecommunication: telecom telecoms telecommunications telekom telekommunikatsii telco
aviation: avn avia aviatsionnyi aviatsionnaya aviatsiya havacilik aviacion
aerospace: aero aerokosmicheskii uzay aerosp
airline: airlines airways aviakompaniya havayollari aerolineas
aircraft: airplane aeroplane
center: centre ctr cntr tsentr centro merkezi centrum centers centres tsentralnyi
laboratory: lab labs laboratories laboratoriya
department: dept dep departments otdel
ministry: min ministerstvo ministerio
government: govt gov govmnt govern
association: assn assoc asn asso assoziatsiya assotsiatsiya associations asociacion associates assocs
organization: org organisation organizations organisations organizatsiya orgn
general: gen generalnyi
petroleum: petro petrol neft petroleos petrolleum
chemical: chem chemicals chemistry khimicheskii khimiya kimya quimica quimicos khimicheskaya kimiya
petrochemical: petrochem petrochemicals petrokimya
pharmaceutical: pharm pharma pharmaceuticals farma ilac pharmaceutic
material: mat materials matls matl materialov
metal: metals metall metallurgy metallurgical metalurji
steel: stal celik steels
mining: mines mineral minerals minero minera gornyi
energy: energi enerji energetika energiya energia nrg energies energo energetic power
oil:
gas: gaz
academy: acad akademiya academia akademi
college: coll
school: shkola
hospital: hosp
bank: bk banka banque banco banking bankasi
insurance: ins sigorta strakhovanie
factory: fac fabrika factories fabrik fty
plant: plt zavod plants zavodu
works: wks
project: proj projects proyectos proje
property: properties prop emlak gayrimenkul
estate: estates
real:
agency: agcy agentstvo agence agencies
authority: auth
bureau: buro byuro
design: konstruktorskoe proektirovaniya designs
united: utd obedinennaya obyedinennaya
brothers: bros bro
precision: prec
instrument: instruments instr priborostroeniya pribor priborov
component: components comp komponent komponenty
control: controls ctrl
automation: automatic autom avtomatizatsiya automated otomasyon
digital: digi
network: networks netw
software: sw softwares
computer: computers comp computing kompyuter
semiconductor: semiconductors semicon poluprovodnik
optoelectronics: optoelectronic optoelectronical opto
optics: optical optic opticheskii
security: sec securities bezopasnost guvenlik
defense: defence def savunma oborona
military: mil voennyi
weapon: weapons arms
exchange: exch
foreign: dis vneshnyaya
public: pub
distribution: dist distr distributor distributors distributing distribuidora
consulting: consult consultancy consultants consultant konsalting danismanlik
marketing: mktg mkt pazarlama
supply: supplies suppliers snab
solution: solutions soln
textile: textiles tekstil
food: foods gida
agriculture: agricultural agri agro tarim
marine: maritime morskoi morskaya
vessel: vessels
tourism: turizm travel tourist turismo
health: medical med medikal saglik meditsina medicine medicinal
power:
environment: environmental env
education: educational edu
culture: cultural
state: gosudarstvennyi gosudarstvennoe
special: spec spetsialnyi
committee: komitet comite
foundation: found fond vakfi fundacion foundations
federation: fed federatsiya
republic: rep respublika
society: soc obshchestvo
commission: commn komissiya
administration: admin administratsiya
corporation:
front:
party:
movement:
branch: br filial sube
purchase: purchasing purchases procurement
subsidiary: subsidiaries
office: ofc
global: globalnyi
auto: automobile automotive automobiles avto otomotiv automotriz
parts: part
tools: tool
plastics: plastic plastik
rubber:
paper:
glass:
cement:
coal:
gold: altin
diamond: diamonds
jewelry: jewellery mucevherat
wood: timber
furniture: mobilya
packaging: packing ambalaj
biotechnology: biotech bio biotechnologies
intelligence: intelligent smart
innovation: innovations innovative
satellite: satellites
space:
spaceflight:
astronautics: astronautical
aeronautics: aeronautical aeronautic
missile: missiles
rocket: raketa raketnyi
unmanned: uav
navigation: nav
radio:
radar:
microelectronics: microelectronic mikroelektronika
nuclear: atomic atom
physics: fizika physical
mathematics: math mathematical
maintenance: maint
repair: remont remontnyi repairs
store: stores
shop: shops magazin
coal: ugolnye ugolnyi ugolnaya ugol shakhta komur
russia: russkaya russkii russkiy russkie rossiyskiy rossiiskaya vserossiiskii vserossiyskiy
air: vozdushnogo vozdushnyi vozdushnyy hava
machinebuilding: mashinostroitelnaya mashinostroitelnyy mashynostroitelnyi mashzavod
mechanical: mekhanicheskiy mekhanicheskii mekhanika mechanics
electromechanical: elektromekhanicheskii elektromekhanicheskiy elektromechanical
instrument: priborostroitelnyi priborostroitelnyy instrumentalnyi
plant: zavoda zavody kombinat
factory: fabriki manufaktura
science: nauchnye nauchnaya nauchnyy nauchnoe
research: issledovatelskaya issledovaniy issledovaniya
design: konstruktorskaya konstruktorskii konstruktorskiy proektnyi proektnyy proektnaya
production: proizvodstva proizvodstvennyy proizvodstvennoye
defense: oboronnye oboronnyi obrony oborony
technology: tekhnologicheskii tekhnologicheskiy tekhnologiy tekhnicheskii tekhnicheskiy tekhnika tekhnologichnyi
shipbuilding: sudostroitelnyi sudostroitelnyy sudostroitelnaya sudostroenie
shiprepair: sudoremontnyi sudoremontnyy
repair: remontnyy
aviation: aviatsionnyy aviatsionnye avyiatsyiny aviyatsyyny
trade: torgovaya torgovlia torhovyi handel handels commerz
house:
bank: bankas
company: kompanii
center: tsentra centar tsentralnaya
union: soyuz soiuz
fund: fonda
regional: oblastnoy oblastnoi
city: gorodskoi gorodskoy
microelectronics: mikroelektroniki
radio: radiozavod radioelektronnyi
optics: opticheskiy opticheskaya
chemical: khimicheskiy khimicheskiye
oil: neftyanaya neftyanoi neftyanoy neftegaz
transport: transportnyi transportnogo transportnyy transporta
aircraft: samolet samoletov
helicopter: vertolety vertoletov helicopters
motor: motors motornyi motornyy
engine: dvigatel dvigateli dvigatelei engines
"""

_PLACES = """
china: chinese prc kitai kitay cn
hongkong: hk hongkong
russia: russian rossiya rossii rossiiskaya rossiiskii russland
iran: iranian iranians
syria: syrian syrie
korea: korean dprk
japan: japanese
america: american usa
iraq: iraqi
turkey: turkish turkiye
belarus: belarusian byelorussian belarusi
ukraine: ukrainian ukrainy
moscow: moskva moskovskii moskovskaya moscowskiy
petersburg: peterburg
germany: german deutschland
france: french
india: indian
pakistan: pakistani
afghanistan: afghan
myanmar: burma
cuba: cuban
venezuela: venezuelan
mexico: mexican mexicana
colombia: colombian
lebanon: lebanese
libya: libyan
yemen: yemeni
sudan: sudanese
emirates: uae
taiwan: taiwanese
singapore: sg
malaysia: malaysian
thailand: thai
vietnam: viet
kazakhstan: kazakh
britain: british uk
europe: european
asia: asian
africa: african
siberia: siberian sibir
crimea: crimean krym
dubai:
tehran: teheran
damascus: dimashq
aleppo: halab
baghdad:
beijing: peking
shanghai:
shenzhen:
guangzhou: canton
guangdong:
tianjin: tientsin
chongqing: chungking
nanjing: nanking
hangzhou:
zhejiang:
jiangsu:
sichuan: szechuan
chengdu:
wuhan:
hubei:
hunan:
xian:
shaanxi:
shanxi:
harbin: haerbin
heilongjiang:
jilin:
liaoning:
shenyang:
dalian:
qingdao: tsingtao
shandong:
suzhou:
wuxi:
ningbo:
xiamen: amoy
fujian:
anhui:
hefei:
henan:
zhengzhou:
hebei:
jiangxi:
nanchang:
guangxi:
guizhou:
yunnan:
hainan:
tibet:
xinjiang: sinkiang
gansu:
qinghai:
ningxia:
kowloon:
macau: macao
pyongyang: pyeongyang
rason: rajin
tokyo:
osaka:
istanbul:
ankara:
minsk:
kiev: kyiv
kharkov: kharkiv
"""

_TITLES = """
mr mrs ms miss dr prof professor sir lord lady eng ing col colonel lt lieutenant maj major capt captain brig brigadier adm
admiral
sheikh shaikh shaykh sheik hajji haji hajj hadji hojjat hojatoleslam ayatollah mullah mulla mawlawi maulavi maulawi mawlana
maulana sayyid seyed seyyed sayed syed
qari ustaz imam emir amir hon honorable honourable dipl mme mlle sr sra dona mv m/v mt
"""

_STOPS = """
the of and for in on at to by an de del la las los le les el al ul ad ar as az den der das des du di da do dos et und za na iz
pod ve ile aka bin ibn ben bint abu abou abi umm van von ter ten vom zum zur im il lo no nr fka nee
oglu ogly oghlu oghly ogli ugli kyzy gyzy qizi kizi gizi kizy qyzy bte binti
attn attention
"""

_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
    "seventeen": "17", "eighteen": "18", "nineteen": "19",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8",
    "ninth": "9", "tenth": "10",
    "eleventh": "11", "twelfth": "12", "thirteenth": "13", "fourteenth": "14", "fifteenth": "15", "sixteenth": "16",
    "seventeenth": "17", "eighteenth": "18", "nineteenth": "19", "twentieth": "20",
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12",
    "xiii": "13", "xiv": "14", "xv": "15", "xvi": "16", "xvii": "17", "xviii": "18", "xix": "19", "xx": "20",
}  # fmt: skip


def _families(table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in table.strip().splitlines():
        family, _, others = line.partition(":")
        # The first family that claims a spelling keeps it: tables stand with the commoner sense first.
        for spelling in (family.strip(), *others.split()):
            found.setdefault(spelling, family.strip())
    return found


TRADES = _families(_TRADES)
PLACES = _families(_PLACES)
TITLES = frozenset(_TITLES.split())
STOPS = frozenset(_STOPS.split())
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
NUMBERS = _NUMBERS | {word: str(number) for word, number in TENS.items()}
