"""Given names and surnames that several languages spell in their own way, brought to one spelling each.

A row is the spelling all come to, other Latin spellings after the colon, and after a bar how it is written in Arabic
letters (folded as in `arabic`). Only names that thousands bear; written from general knowledge, from no list of parties.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SLAVIC = """
vladimir: volodymyr uladzimir wladimir vladimirs uladzimer volodimir
alexander: alexandr aleksandr aleksander oleksandr aliaksandr alyaksandr olexandr oleksander alaksandr alexandre aleksandar
alexander: alejandro
alexey: alexei aleksei aleksey oleksiy oleksii aliaksei alyaksey aliaksey alexej aleksej alexiy
andrey: andrei andriy andrii andrej andrew andrzej andreas andriej
dmitry: dmitri dmitriy dmitrii dmytro dzmitry dimitri dmitrij dimitry dzmitryi zmitser
sergey: sergei serhiy serhii siarhei syarhey serguei sergej sergiy siarhey serhei sergii
nikolay: nikolai mykola mikalai mikalay nikolaj mikola nicolai nikola
mikhail: michail mykhailo mykhaylo mihail mikhailo michael mikhayil mixail
yuri: yury yuriy iurii iurie jurij yurii iouri juri yurij
evgeny: yevgeny evgeni evgenii yevgeni evgeniy yevgeniy yevhen yauhen yauheni jevgenij evgenij yevhenii yauheny
igor: ihor ihar igar
oleg: oleh aleh
pavel: pavlo pavels pawel paval
petr: pyotr petro piotr piatro peter pjotr
viktor: victor viktar
vasily: vasiliy vasilii vasyl vasil vassily wassily vasilij vasili
ivan: iwan yvan
grigory: grigoriy grigorii hryhoriy hryhorii ryhor grigori gregory hryhory
gennady: gennadiy gennadii hennadiy hennadii genadi gennadi henadz
anatoly: anatoliy anatolii anatol anatoli anatolij
valery: valeriy valerii valeri valer valerij
valentin: valentyn valiantsin
vitaly: vitaliy vitalii vital vitali vitalij
konstantin: kostiantyn kostyantyn constantin kanstantsin
maxim: maksim maksym maksim maxym
roman: raman
ruslan: ruslans
denis: denys dzianis dzyanis
kirill: kyrylo kiryl cyril kiril kyryl
leonid: leanid
boris: borys barys
artem: artyom artiom artsiom artsem
anton: antanas
arkady: arkadiy arkadii arkadi arkadz
vladislav: vladyslav uladzislau vladislau uladzislav
vyacheslav: viacheslav vyacheslau vechaslau viachaslau vjaceslav viatcheslav
stanislav: stanislau
yaroslav: iaroslav jaroslav yaraslau
rostislav: rostyslav
sviatoslav: svyatoslav
georgy: georgiy georgii georgi heorhiy heorhii heorhi george yegor
ilya: illia ilia illya
nikita: mikita mykyta
fedor: fyodor fedir fiodar feodor
stepan: stsiapan
timofey: timofei tymofiy tsimafei
egor: yehor yahor
semyon: semen semyen
daniil: danylo daniil danil
matvey: matvei matviy matsvei
elena: olena yelena alena alyona aliona helena jelena
olga: olha volha
natalia: natalya nataliya nataliia natallia nathalie
tatiana: tatyana tetiana tetyana tatsiana
irina: iryna
svetlana: svitlana sviatlana
ekaterina: yekaterina kateryna katsiaryna catherine
anna: hanna ganna
maria: mariya mariia maryia marija
galina: halyna halina
lyudmila: liudmila lyudmyla liudmyla ludmila
yulia: yuliya yuliia iuliia julia
ksenia: kseniya kseniia xenia
oksana: aksana
anastasia: anastasiya anastasiia
victoria: viktoria viktoriya viktoriia viktoryia
evgenia: yevgenia evgeniya yevgeniya
lukashenko: lukashenka
"""

_EASTERN = """
muhammad: mohammad mohammed mohamed mohamad muhammed mohamud mahomed mohd muhamad mohamod mukhammad magomed mehmed mehmet
muhammad: mohamadou mokhammad | محمد
ahmad: ahmed ahmet akhmad akhmed achmad ahmadi | احمد
mahmud: mahmood mahmoud mehmood makhmud mahmut | محمود
hamid: hameed hamed khamid | حميد حامد
hamad: hammad | حمد حماد
ali: aly alij | علي
hasan: hassan khasan hasn | حسن
husayn: hussein hussain hossein husain hossain hussien husein hoseyn hosein khusein huseyin | حسين
ibrahim: ebrahim ibraheem abraham ibragim | ابراهيم
ismail: esmail ismael esmaeil ismaeel ismayil esmaeel | اسماعيل
yusuf: yousef youssef yusef yousuf yousif yousaf iusuf joseph | يوسف
yaqub: yaqoub yaghoub yakub yaqoob jacob | يعقوب
musa: mousa moussa moosa | موسى موسي
isa: eissa issa eisa | عيسى عيسي
dawud: davoud dawood daoud davud daud dawoud | داود داوود
sulayman: suleiman sulaiman soleiman soleyman suleyman suliman sulaman sulejman | سليمان
umar: omar omer | عمر
uthman: osman othman usman | عثمان
khalid: khaled halid | خالد
walid: waleed | وليد
wali: vali | ولي
said: saeed saed sayeed saeid saiid | سعيد
saad: sad | سعد
salih: saleh salah saleem salleh | صالح
salah: | صلاح
salim: saleem selim | سليم سالم
salman: | سلمان
samir: sameer | سمير
sami: | سامي
karim: kareem kerim | كريم
kamal: kemal | كمال
kamil: kamel | كامل
jamal: gamal djamal cemal | جمال
jamil: jameel gamil | جميل
jalal: galal celal | جلال
jalil: jaleel | جليل
jabir: jaber gaber | جابر
jafar: jaafar ja'far jaffar cafer | جعفر
javad: jawad | جواد
hadi: | هادي
mahdi: mehdi | مهدي
rida: reza riza ridha rada redha | رضا
riza: | رضائي
abbas: | عباس
abdullah: abdallah abdollah abdulla abdulah | عبدالله
allah: | الله
abd: | عبد
rahman: rehman | رحمن رحمان
rahim: raheem | رحيم
aziz: azeez | عزيز
ghafur: ghafoor ghafour | غفور
hakim: hakeem | حكيم
halim: haleem | حليم
latif: lateef | لطيف
majid: majeed | مجيد ماجد
malik: malek | مالك ملك
mansur: mansour mansoor mansor | منصور
masud: masoud massoud masood masod | مسعود
mustafa: mostafa moustafa | مصطفى مصطفي
murtaza: morteza murtada mortaza murtadha | مرتضى مرتضي مرتضا
mujtaba: mojtaba | مجتبى مجتبي
munir: mounir muneer monir | منير
nabi: | نبي
nabil: nabeel | نبيل
nasir: naser nasser nasir naseer | ناصر نصير
nasr: | نصر
nasrallah: nasrullah nasrollah | نصرالله
nasrin: | نسرين
nizar: | نزار
nur: noor nour nuur | نور
qadir: kadir qader ghader qadeer | قادر قدير
qasim: qasem ghasem kassem qassem qassim kasim gasem | قاسم
rashid: rasheed | رشيد راشد
rafiq: rafik rafeeq | رفيق
ramadan: ramazan ramadhan | رمضان
rustam: rostam rustum | رستم
sadiq: sadegh sadeq sadiqi sadek | صادق
saddam: sadam | صدام
sattar: satar | ستار
sayf: saif seif | سيف
shahab: shihab | شهاب
sharif: shareef cherif sherif | شريف
shams: | شمس
siddiq: siddique seddiq | صديق
taha: | طه
tahir: taher tahir | طاهر
taqi: taghi | تقي
tariq: tarik tareq | طارق
wahid: vahid waheed | وحيد
yahya: yahia | يحيى يحيي
yasir: yasser yaser | ياسر
yasin: yassin yaseen | ياسين
zahir: zaher | ظاهر زاهر
zahid: | زاهد
zayd: zaid zeid | زيد
zayn: zain zein | زين
zakariya: zakaria | زكريا
bashir: basheer | بشير بشار
bashar: | بشار
badr: | بدر
bahman: | بهمن
bakr: bekr | بكر
basil: basel bassel | باسل
bilal: belal | بلال
daud: | دائود
din: deen eddin uddin eddine | دين
fadil: fadel fazel fazil | فاضل
fahd: fahad | فهد
faisal: faysal feisal | فيصل
faraj: | فرج
farid: fareed | فريد
faruq: farouk farooq farouq | فاروق
fathi: | فتحي
fath: fatah | فتح
fattah: | فتاح
fawzi: fouzi | فوزي
fayiz: fayez faiz fayz | فايز فائز
fuad: fouad | فؤاد فواد
ghassan: | غسان
ghani: | غني
ghulam: gholam | غلام
habib: habeeb | حبيب
haqqani: haqani | حقاني
haidar: haydar heydar heidar hayder | حيدر
hamza: hamzah hamzeh | حمزه
hani: | هاني
harun: haroun | هارون
hashim: hashem | هاشم
hashimi: hashemi | هاشمي
hisham: hesham | هشام
hudhayfa: | حذيفه
husni: hosni | حسني
husayni: hosseini husseini hussaini hoseini | حسيني
hafiz: hafez | حافظ حفيظ
haji: hajji hadji | حاجي
ihsan: ehsan | احسان
imad: emad | عماد
imran: omran | عمران
iqbal: eqbal | اقبال
isam: issam essam | عصام
iyad: eyad | اياد
jihad: | جهاد
juma: gomaa jumaa | جمعه
khalil: khaleel | خليل
khalifa: khalifah khalifeh | خليفه
khan: | خان
khadr: khidr khader khodr | خضر
lutfi: | لطفي
luqman: | لقمان
mahir: maher | ماهر
makhluf: makhlouf | مخلوف
maruf: marouf | معروف
marwan: | مروان
maryam: mariam | مريم
mazin: mazen | مازن
mirza: | ميرزا
mir: | مير
amir: ameer | امير عامر
amin: ameen | امين
anwar: anvar | انور
anas: | انس
asad: assad | اسد
ashraf: | اشرف
asghar: | اصغر
akbar: | اكبر
akram: | اكرم
akhtar: | اختر
akhund: | اخوند
alam: | عالم
ala: alaa | علاء
amr: amro | عمرو
adil: adel | عادل
adnan: | عدنان
agha: aqa | اقا آقا
aymin: ayman aiman | ايمن
ayyub: ayoub ayub | ايوب
aslam: | اسلم
islam: eslam | اسلام
islami: eslami | اسلامي
atallah: | عطاالله
arif: aref | عارف
azam: aazam | اعظم
mizhir: mezher | مزهر
muhsin: mohsen mohsin | محسن
muhyi: mohyi | محيي
muin: moin | معين
mukhtar: mokhtar | مختار
murad: morad | مراد
mutaz: moataz | معتز
mumin: momen | مؤمن مومن
nadir: nader | نادر
nadim: nadeem | نديم
najib: najeeb | نجيب
najm: | نجم
nawaf: nawwaf | نواف
nawaz: | نواز
nimat: nemat | نعمت
numan: noman nouman | نعمان
nusrat: | نصرت
nusra: | نصره
parviz: parvez pervaiz | پرويز
qutayba: | قتيبه
qusay: qusai | قصي
qurayshi: qureshi qorashi | قريشي
raad: | رعد
raid: raed | رائد رايد
rami: | رامي
ramin: | رامين
rasul: rasool rasoul | رسول
ruh: rouh | روح
riyad: riad riyadh | رياض
sabah: | صباح
sabir: saber | صابر
sabri: | صبري
safa: | صفا
sadr: | صدر
samad: | صمد
shah: | شاه
shahid: shaheed | شهيد
shakir: shaker | شاكر
shaban: shabaan | شعبان
shawkat: | شوكت
sher: shir | شير
siraj: seraj | سراج
suhayl: suheil sohail | سهيل
sultan: soltan | سلطان
sayyid: seyed seyyed sayed syed sayid saiyed | سيد
shaykh: sheikh shaikh sheik | شيخ
talib: taleb | طالب
tawfiq: tofiq tawfik towfiq | توفيق
ubayd: obaid ubaid | عبيد
usama: osama | اسامه
wadi: | وديع
wasim: waseem | وسيم
yar: | يار
yunus: younes yunis younis yunes | يونس
zahra: zahraa | زهراء زهرا
ziyad: ziad | زياد
zubair: zubayr | زبير
tikriti: takriti | تكريتي
rawi: | راوي
duri: douri | دوري
janabi: | جنابي
jaburi: jabouri juburi | جبوري
hamadi: hammadi | حمادي
halabi: | حلبي
shami: | شامي
masri: | مصري
iraqi: araghi eraghi | عراقي
tehrani: | تهراني
isfahani: esfahani | اصفهاني
shirazi: | شيرازي
tabrizi: | تبريزي
kirmani: kermani | كرماني
khurasani: khorasani | خراساني
qumi: qomi ghomi | قمي
karimi: | كريمي
rahimi: | رحيمي
ahmadi: | احمدي
muhammadi: mohammadi | محمدي
rezaei: rezai rezaee rezayi | رضائي رضايي
jafari: jaafari | جعفري
mousavi: musavi moosavi mousawi | موسوي
alavi: alawi | علوي
sadeqi: sadeghi | صادقي
salehi: | صالحي
karbalai: | كربلايي
rostami: | رستمي
moradi: muradi | مرادي
najafi: | نجفي
heydari: haidari | حيدري
ebrahimi: ibrahimi | ابراهيمي
amiri: | اميري
sharifi: | شريفي
bagheri: baqeri bagheri | باقري
baqir: bagher baqer baker | باقر
kazim: kazem kadhim kadhem | كاظم
kazimi: kazemi | كاظمي
abedini: | عابديني
abdi: | عبدي
khatami: | خاتمي
hojjat: hujjat | حجت
ruhani: rouhani rohani | روحاني
larijani: | لاريجاني
jahromi: | جهرمي
zadeh: zada zadah | زاده
pour: pur poor | پور
nejad: nezhad najad nejhad | نژاد
far: | فر
nia: niya | نيا
mulla: mullah | ملا
mawlawi: maulavi mowlavi molavi | مولوي
hidayat: hedayat | هدايت
hekmat: hikmat | حكمت
matin: mateen | متين
matiullah: | مطيع
saqib: | ثاقب
waziri: | وزيري
afghani: | افغاني
kabuli: | كابلي
kandahari: qandahari | قندهاري
zadran: zadron | ځدران ځدراڼ
stanikzai: stanekzai stanikzay | ستانكزي
kakar: | كاكر
burhan: borhan | برهان
barzan: | برزان
bandar: | بندر
fatima: fatemeh fatma fatimah | فاطمه
aisha: ayesha | عائشه
zaynab: zeinab zainab | زينب
layla: leila laila | ليلى ليلا
hala: | حلا هاله
rana: | رنا
raghad: | رغد
asma: | اسماء
manal: | منال
bushra: | بشرى
thuraya: soraya | ثريا
samira: | سميره
daniyal: danial | دانيال
dilawar: | دلاور
gul: gol | گل
jan: | جان
lal: | لال
pir: | پير
baz: | باز
muttaqi: mottaqi | متقي
nuri: noori nouri | نوري
omari: umari | عمري
yazdi: | يزدي
zarif: | ظريف
wazir: vazir | وزير
fadl: fazl | فضل
fayd: feiz faiz | فيض
diya: zia ziya | ضيا ضياء
kia: kiya | كيا
dhabih: zabih | ذبيح
siavash: siyavash | سياوش
vand: | وند
khah: | خواه
nik: | نيك
vatan: watan | وطن
kowsar: kawsar kosar | كوثر
radwan: rezvan ridwan | رضوان
fadili: fazeli | فاضلي
alireza: alirida | عليرضا
front: | جبهه
prison: | زندان سجن
research: tahghighat | تحقيقات
defense: defa | دفاع الدفاع
command: | فرماندهي
aircraft: | هواپيما طائره
manufacture: | ساخت توليد
design: | طراحي
motor: | موتور
corps: sepah | سپاه
revolution: enghelab | انقلاب
electronics: | الكترونيك
ltd: | المحدوده
protection: | للحمايه
security: | امنيت الامن
free: | حره
zone: | منطقه
science: | علوم العلوم
studies: | مطالعات
headquarters: setad | ستاد
force: niru | نيروي نيرو
naval: | دريايي
air: | هوايي الجويه
space: | فضا فضايي
technology: fanavari | فناوري تكنولوژي
engineering: mohandesi | مهندسي الهندسه
services: | خدمات
development: | توسعه التنميه
investment: | گذاري الاستثمار استثمار
shipping: keshtirani | كشتيراني
petrochemical: | پتروشيمي
refining: | پالايش
steel: foulad | فولاد
distribution: | پخش
pipe: | لوله
energy: | انرژي
atomic: | اتمي
missile: | موشك موشكي
national: melli | ملي الوطنيه
central: | مركزي المركزي
republic: | جمهوري جمهوريه
general: | العامه
trade: | للتجاره تجاره التجاره
exchange: | صرافه للصرافه صرافي
brigades: | كتائب
association: | جمعيه انجمن
charity: | خيريه الخيريه
state: dawlah | دوله الدوله
islamic: | الاسلاميه اسلاميه
arab: | العربيه
front: | جبهه
army: | جيش
organization: sazman | سازمان منظمه
company: | شركت شركه
bank: | بانك
university: daneshgah | دانشگاه جامعه
network: shabakeh | شبكه
group: goruh | گروه
industries: sanaye | صنايع
oil: naft | نفت
gas: | گاز
airline: | هواپيمايي
iran: | ايران
syria: suriya | سوريا سوريه
iraq: | العراق
afghanistan: | افغانستان
ministry: vezarat | وزارت وزاره
institute: moassese | موسسه مؤسسه
foundation: bonyad | بنياد
movement: | حركه
party: hizb hezb | حزب
brigade: | لواء
center: markaz | مركز
trading: bazargani | بازرگاني
international: | الدوليه
"""

# Short names and further spellings of names in Europe and the Americas: who is called one signs as another.
_SHORT = """
alexander: alex alec alek aleks sasha sacha shura
alexey: alyosha lyosha
anatoly: tolya
andrew: andy
anna: anya
anthony: tony antony toni
barbara: barb
benjamin: benny benji
boris: borya
charles: charlie chuck
christopher: chris kris kristopher cristopher
daniel: dan danny
david: dave
deborah: debbie debra
dmitry: dima mitya
donald: donnie
edward: eddie
ekaterina: katya katherine katharine kathryn kate kathy cathy
elena: lena
elizabeth: elisabeth liz beth betty
eric: erik
evgeny: zhenya
francis: frank
francisco: paco pancho
frederick: fred freddie freddy fredrick
gennady: gena
gerald: gerry
gregory: greg
grigory: grisha
henry: hank
ibrahim: abe
ivan: vanya
james: jim jimmy jamie
jeffrey: geoffrey jeff geoff
jennifer: jenny
john: johnny jack jon
jose: pepe
joseph: joe joey
katherine: kate
kenneth: ken kenny
konstantin: kostya
lawrence: laurence larry
leonard: lenny
leonid: lyonya
lyudmila: lyuda
margaret: maggie peggy
maria: masha
mark: marc
matthew: matt mathew
maxim: max
michael: mike misha
mohammad: muhd
natalia: natasha
nicholas: nick nicolas nikolas
nikolay: kolya
olga: olya
patricia: patty
patrick: paddy
pavel: pasha
peter: pete
philip: phillip phil
rebecca: becky
richard: rick dick ricky
robert: bob bobby rob robbie
ronald: ron ronnie
roman: roma
samuel: sam sammy
sara: sarah
sergey: seryozha serezha
stanislav: stas
stephen: steven steve stephan
susan: sue susie
svetlana: sveta
tatiana: tanya
teresa: theresa
thomas: tom tommy
timothy: tim timmy
valentin: valya
vasily: vasya
victoria: vicky vika
viktor: vitya
vitaly: vitalik
vladimir: volodya vova
vladislav: vlad
vyacheslav: slava
walter: wally
william: bill billy willie will
yaroslav: slava
yulia: yulya
yuri: yura
zachary: zach zack
"""

_PATRONYMIC = re.compile("(.{3,}?)(?:(y|i)?[eoa]u?[vw]?[iy]t?ch|(?:[yi])?[oea]vy?t?ch|(i|y)?(?:[oea]v|au|eu|iv)na)$")

_TURKIC_PATRONYMIC = re.compile("[a-z]{3,}(?:ogh?l[uiy]|ugli|u?ul[yu]|[kgq][iy]z[iy])")
#: Small words between a name and that of the father, who stands after the first and before the second.
FATHER_FOLLOWS = frozenset("bin ibn ben bint bte binti wuld ould".split())
FATHER_BEFORE = frozenset("oglu ogly oghlu oghly ogli ugli kyzy gyzy qizi kizi gizi kizy qyzy".split())
# Endings of names made from a forefather's: what such a name begins with is no short form of it.
_DESCENT = re.compile(
    "[a-z]{2,}(?:[oeiy]va?|[yi]na|enko|[yi]an|s+on|sen|sk(?:ii|iy|yi|y|i|aya|aia)|zad(?:a|eh)|shvili|dze|ovna|evna|ivna)"
)


_WOMAN = re.compile("[a-z]{3,}(?:ova|eva|ina|yna|skaya|skaia|ska|ovna|evna|ivna|[kgq][iy]z[iy])")
_MAN = re.compile("[a-z]{3,}(?:ov|ev|in|yn|skiy|skii|skyi|sky|ski|[oe]v[iy]t?ch|ogh?l[uy])")


@lru_cache(maxsize=200_000)
def gender_of(word: str) -> int:
    """Whether a folded word is a man's (1) or a woman's (-1) form of a family's or father's name; 0 where it has no such ending."""
    return -1 if _WOMAN.fullmatch(word) else 1 if _MAN.fullmatch(word) else 0


@lru_cache(maxsize=200_000)
def is_patronymic(word: str) -> bool:
    """Whether a folded word is a father's name by its ending. Some family names have such endings, and are taken for one."""
    return len(word) > 5 and bool(_PATRONYMIC.fullmatch(word) or _TURKIC_PATRONYMIC.fullmatch(word))


@lru_cache(maxsize=200_000)
def is_descent(word: str) -> bool:
    """Whether a folded word is, by its ending, made from the name of a father or forefather."""
    return bool(_DESCENT.fullmatch(word)) or is_patronymic(word)


def _tables() -> tuple[dict[str, str], dict[str, str]]:
    latin: dict[str, str] = {}
    arabic: dict[str, str] = {}
    for line in (*_SLAVIC.strip().splitlines(), *_EASTERN.strip().splitlines()):
        spelling, _, rest = line.partition(":")
        others, _, letters = rest.partition("|")
        for other in (spelling, *others.split()):
            latin.setdefault(other, spelling)
        for word in letters.split():
            arabic.setdefault(word, spelling)
    for line in _SHORT.strip().splitlines():
        spelling, _, others = line.partition(": ")
        for other in (spelling, *others.split()):
            latin.setdefault(other, latin.get(spelling, spelling))
    return latin, arabic


SPELLINGS, ARABIC_WORDS = _tables()

#: The same names as Persian lists spell them.
PERSIAN_SPELLINGS = {
    "rida": "reza",
    "mahdi": "mehdi",
    "murtaza": "morteza",
    "mustafa": "mostafa",
    "mujtaba": "mojtaba",
    "husayn": "hossein",
    "muhammad": "mohammad",
    "fadl": "fazl",
    "qasim": "ghasem",
    "fadili": "fazeli",
    "radwan": "rezvan",
    "diya": "zia",
    "kazim": "kazem",
    "baqir": "bagher",
}


@lru_cache(maxsize=50_000)
def one_spelling(word: str) -> str:
    """The common spelling of a name, of a patronymic made from one, or the word itself."""
    found = SPELLINGS.get(word)
    if found is not None:
        return found
    patronymic = _PATRONYMIC.fullmatch(word)
    if patronymic is None:
        return word
    ending = "ovna" if word.endswith("na") else "ovich"
    stem = patronymic[1]
    for tried in (stem, stem + "y", stem + "i", stem + "ay", stem + "iy", stem + "ey", stem[:-1]):
        if tried in SPELLINGS:
            return SPELLINGS[tried] + ending
    return word
