"""Which words of a name only say what kind of body it is, and to which few classes they come down.

Classes are coarse on purpose, since translators choose freely among the forms of one class: `limited` (owners liable to
their share: Ltd, GmbH, OOO), `stock` (shares: AG, OAO, PLC), `corporation`, `company`, `partnership`, `state` (owned by
the state), `sole` (a person in business), `association`. Written from general knowledge of company law; no list copied.
"""

from __future__ import annotations

LIMITED, STOCK, CORPORATION, COMPANY = "limited", "stock", "corporation", "company"
PARTNERSHIP, STATE, SOLE, ASSOCIATION = "partnership", "state", "sole", "association"

_PHRASES = {
    LIMITED: """
        ltd | limited | ltda | limitada | limitee | llc | l l c | llp | plt
        co ltd | co limited | company limited | company ltd | coltd | co llc | company llc | co l l c
        pte ltd | pte limited | pte | pty ltd | pty limited | pty | pvt ltd | pvt limited | private limited | private ltd
        private ltd co
        private company limited | sdn bhd | sendirian berhad | gmbh | g m b h | gesmbh | gesellschaft mit beschrankter haftung
        gmbh co kg | gmbh & co kg | gmbh & co | mbh | ug | sarl | s a r l | societe a responsabilite limitee | srl | s r l
        s r l s | srls
        societa a responsabilita limitata | s de r l | s de rl | s de r l de c v | s de rl de cv | s de r l de cv | sde rl de cv
        societatea cu raspundere limitata | societate cu raspundere limitata
        srl de cv | sociedad de responsabilidad limitada
        sociedad limitada | s l | sl | slu | s l u | s r l cv | lda | sociedade limitada | bv | b v | bvba
        besloten vennootschap | sprl
        ooo | o o o | tov | t o v | too | t o o | ood | eood | ooad | doo | d o o | druzba z omejeno odgovornostjo | dooel | sro
        s r o | spol s r o | spol sro | sp z o o | spzoo | sp zoo | spolka z oo | spolka z ograniczona odpowiedzialnoscia
        kft | oy | uab | sia | ou | osauhing | aps | i s | mchj | ocsd | odo | o d o | sharika | shpk
        limited liability company | limited liability co | limited liability partnership | company with limited liability
        obshchestvo s ogranichennoy otvetstvennostyu | obshchestvo s ogranichennoi otvetstvennostyu
        obshchestvo s ogranichennoj otvetstvennostyu | obshchestvo s ogranichennoj otvetstvennostju
        obschestvo s ogranichennoi otvetstvennostyu | obschestvo s ogranichennoy otvetstvennostyu
        obschestvo s ogranichennoj otvetstvennostyu
        tovarystvo z obmezhenoyu vidpovidalnistyu | tovarystvo z obmezhenoiu vidpovidalnistiu
        tavarystva z abmezhavanay adkaznastsiu | tavarystva z abmezhavanai adkaznastsiu | s dapounay adkaznastsiu
        obshchestvo s dopolnitelnoy otvetstvennostyu
        company with additional liability | additional liability company
        limited sirketi | limited sirket | ltd sti | ltd sirketi | ltd s t i | limited sti
        fze | fz llc | fz co | fzco | fzc | f z e | f z c o | fzd | fz | free zone establishment | free zone company | dmcc
        jlt | wll | w l l | bsc closed | est | spc
        k k limited | yugen kaisha | y k | yugen gaisha | godo kaisha | yuhan hoesa | yuhanhoesa | chaegim
        cong ty tnhh | tnhh | cong ty trach nhiem huu han | mtv | mot thanh vien | gk | youxian gongsi | youxiangongsi
        youxian zeren gongsi
""",
    STOCK: """
        jsc | j s c | ojsc | pjsc | cjsc | aojsc | ajsc | o j s c | p j s c | c j s c | js co | jscs | jscb
        joint stock company | joint stock co | joint stock corporation | open joint stock company | open joint stock co
        public joint stock company | public joint stock co | closed joint stock company | closed joint stock co
        joint stock | private joint stock company | public joint stock | stock company | open type joint stock company
        ao | oao | zao | pao | nao | oaot | zaot | aozt | o a o | z a o | p a o | a o | aoot | prat | pat | vat | zat | aat | ad
        ead | ntsao | npao
        aktsionernoe obshchestvo | aktsionernoye obshchestvo | otkrytoe aktsionernoe obshchestvo
        otkrytoye aktsionernoye obshchestvo | zakrytoe aktsionernoe obshchestvo | zakrytoye aktsionernoye obshchestvo
        publichnoe aktsionernoe obshchestvo | publichnoye aktsionernoye obshchestvo
        aktsionerne tovarystvo | publichne aktsionerne tovarystvo | pryvatne aktsionerne tovarystvo | aktsyyanernae tavarystva
        aktsyianernae tavarystva | adkrytae aktsyyanernae tavarystva | adkrytae aktsyianernae tavarystva
        zakrytae aktsyyanernae tavarystva | zakrytae aktsyianernae tavarystva
        adkrytaye aktsyyanernaye tavarystva | zakrytaye aktsyyanernaye tavarystva | adkrytaje akcyjanernaje tavarystva
        ag | aktiengesellschaft | sa | s a | sau | s a u | s a de c v | sa de cv | s a de cv | sadecv | s a p i de c v
        sapi de cv | s a p i de cv | s a b de c v | sab de cv | s a b | s a s | sas | societe anonyme | sociedad anonima
        sociedad anonima de capital variable | societatea pe actiuni | societate pe actiuni
        societa per azioni | spa | s p a
        plc | p l c | public limited company | public company limited | pcl | public company ltd | nv | n v | se | oyj | ab
        a b | asa | a s | as | akciova spolecnost
        anonim sirketi | anonim sirket | anonim ortakligi | a s t | as t | asc | aktiebolag | aktieselskab | allmennaksjeselskap
        naamloze vennootschap
        kk | k k | kabushiki kaisha | kabushiki gaisha | kabushikikaisha | kabushikigaisha | jusik hoesa | jusikhoesa
        chusik hoesa
        bhd | berhad | tbk | persero | pt | perseroan terbatas | ctcp | cong ty co phan | saog | saoc | ksc | k s c | ksce
        kscc | qsc | q s c | qpsc | psc | p s c | pjs | bsc | b s c | sal | s a l | sae | s a e | saa | s a a | offshore sal
        sal offshore | sarl offshore
        nyrt | zrt | d d | dd | a d | as company | gufen youxian gongsi | sherkat sahami am | sherkate sahami
        sherkat sahami khass | public joint company | pjs co | private joint stock
        eurl | snc | kommanditgesellschaft auf aktien | kgaa
""",
    CORPORATION: """
        inc | incorporated | corp | corporation | corpn | incorporation | corporacion | corporation inc | korporatsiya
        korporatsiia | korporaciya | korp | corps inc | ent inc
        state corporation
""",
    COMPANY: """
        co | company | cie | compagnie | compania | comp | kompaniya | kompaniia | kompania | sirketi | sirket | sti | companies
        comp ltd | cia | ca | c a | c a l
        sherkat | sherkate | sharikat | sharikat al | kaisha | hoesa | gongsi | firma | firm
        chastnaya kompaniya
""",
    PARTNERSHIP: """
        lp | l p | partnership | limited partnership | kg | k g | ohg | kommanditgesellschaft | sp k | sp j
        general partnership | komandit sirketi | kollektif sirketi | s en c | s c s | scs | slp | commandite
""",
    STATE: """
        fgup | f g u p | gup | g u p | fgbu | fku | fgku | fgu | fgbun | fgbnu | fgbou | fgbou vo | fgau | fgkuz | mup | rup
        gp | dp | kp | udp | uitp | rue | prue | fsue | f s u e | fsbi | fsbsi | fsei | fsbei | fsbei he | fgaou vo | fgaou
        kgup | oboronprom fgup
        federal state unitary enterprise | federal state budgetary institution | federal state budgetary scientific institution
        federal state budget institution | federal state institution | federal state autonomous institution
        federal state treasury enterprise
        federal state budgetary institution of science | federal state budgetary educational institution of higher education
        federal state budget educational institution of higher education
        federal state autonomous educational institution of higher education | federal state budgetary educational institution
        federal state unitary enterprize | state unitary enterprise | republican unitary enterprise | state enterprise
        unitary enterprise | state owned enterprise | production republican unitary enterprise
        research and production republican unitary enterprise | state institution | state budgetary institution
        federalnoe gosudarstvennoe unitarnoe predpriyatie | federalnoye gosudarstvennoye unitarnoye predpriyatiye
        gosudarstvennoe unitarnoe predpriyatie | federalnoe gosudarstvennoe byudzhetnoe uchrezhdenie
        federalnoe gosudarstvennoe kazennoe uchrezhdenie
        gosudarstvennoe predpriyatie | unitarnoe predpriyatie | respublikanskoe unitarnoe predpriyatie | derzhavne pidpryyemstvo
        derzhavne pidpryiemstvo | respublikanskaye unitarnaye pradpryyemstva | gosudarstvennoye predpriyatiye
        federal state educational institution of higher education | federalnoe gosudarstvennoe byudzhetnoe uchrezhdenie nauki
        federalnoe gosudarstvennoe byudzhetnoe obrazovatelnoe uchrezhdenie vysshego obrazovaniya
""",
    SOLE: """
        ip | individual entrepreneur | individualnyy predprinimatel | individualnyi predprinimatel
        individualnyj predprinimatel | chp | chup | private enterprise | e k | e kfm | eirl | e i r l | proprietorship
        sole proprietorship | unipersonal | fop
        private unitary enterprise | chastnoe predpriyatie | private establishment
""",
    ASSOCIATION: """
        ev | e v | a c | ano | anoo | nko | ngo | a n o | non profit organization | nonprofit organization
        autonomous non profit organization | autonomous nonprofit organization | autonomous nonprofit organisation
        autonomous noncommercial organization | autonomous non commercial organization | non governmental organization
        avtonomnaya nekommercheskaya organizatsiya | obshchestvennaya organizatsiya | ro | roo | aisbl | asbl | vzw
""",
}

#: Forms of one or two letters, and words with another common sense, count only where a form may stand: at either end.
ONLY_AT_THE_ENDS = frozenset(
    """
    ao a o ad a d ab a b as a s ag sa s a se nv n v sl s l ca c a ro ou oy is i s sia pt ip gp dp kp pat vat zat aat dd d d ev e v
    est fz spa ug too tov kg k g a c lp l p prat ano sti firm firma state spc mtv se ltda scs sas se bv b v doo cia
    """.split()
)

#: First word -> the phrases that begin with it, longest first, each with its class.
PHRASES: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {}
for _form, _table in _PHRASES.items():
    for _line in _table.strip().splitlines():
        for _phrase in _line.split("|"):
            _words = tuple(_phrase.replace("&", "").split())
            PHRASES[_words[0]] = (*PHRASES.get(_words[0], ()), (_words, _form))
for _first, _found in PHRASES.items():
    PHRASES[_first] = tuple(sorted(set(_found), key=lambda phrase: (-len(phrase[0]), phrase)))

#: The words of all forms, each by itself.
FORM_WORDS: frozenset[str] = frozenset(_word for _found in PHRASES.values() for _phrase, _ in _found for _word in _phrase)

#: Legal forms written in Han characters (simplified), at the end of a name; longest first. Kana and Hangul likewise.
HAN_ENDINGS: tuple[tuple[str, str], ...] = tuple(
    sorted(
        {
            "股份有限公司": STOCK, "有限责任公司": LIMITED, "有限公司": LIMITED, "股份公司": STOCK,
            "控股有限公司": LIMITED, "责任有限公司": LIMITED,
            "总公司": CORPORATION, "分公司": COMPANY, "子公司": COMPANY, "公司": COMPANY, "株式会社": STOCK,
            "有限会社": LIMITED, "合同会社": LIMITED,
            "股份": STOCK, "会社": COMPANY, "总会社": CORPORATION, "合资会社": PARTNERSHIP, "合名会社": PARTNERSHIP,
            "合伙企业": PARTNERSHIP, "有限合伙": PARTNERSHIP,
            "合营会社": COMPANY, "合并会社": COMPANY, "合弁会社": COMPANY,
        }.items(),
        key=lambda pair: (-len(pair[0]), pair),
    )
)  # fmt: skip
HAN_BEGINNINGS: tuple[tuple[str, str], ...] = (("株式会社", STOCK), ("有限会社", LIMITED))
