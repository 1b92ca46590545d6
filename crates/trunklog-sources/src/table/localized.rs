//! The names of columns in other languages.
//!
//! Exports with translated names were never seen. Microsoft's translated articles
//! print names, though, and people translate a first line themselves. Only names that
//! mean one column are here; whoever has such a file adds its names.
//!
//! Source: the translations of
//! learn.microsoft.com/microsoftteams/teams-analytics-and-reports/pstn-usage-report.

/// The English name of a column, both as [`key`](super::columns::key) has them.
pub(super) fn english(key: &str) -> &str {
    NAMES.iter().find(|(_, names)| names.contains(&key)).map_or(key, |(english, _)| *english)
}

/// German, French, Spanish, Italian and Portuguese, in this order.
#[rustfmt::skip]
static NAMES: &[(&str, &[&str])] = &[
    ("correlationid", &["korrelationsid", "iddecorrélation", "iddecorrelación", "iddicorrelazione", "iddecorrelação"]),
    ("sharedcorrelationid", &[
        "freigegebenekorrelationsid", "gemeinsamekorrelationsid", "iddecorrélationpartagé", "iddecorrelacióncompartida",
        "iddecorrelacióncompartido", "iddicorrelazionecondivisa", "idcorrelazionecondivisa", "iddecorrelaçãocompartilhada",
    ]),
    ("upn", &["benutzername", "nomdutilisateur", "nombredeusuario", "nomeutente", "nomedeusuário"]),
    ("sipaddress", &["sipadresse", "adressesip", "direcciónsip", "indirizzosip", "endereçosip"]),
    ("displayname", &["anzeigename", "nomcomplet", "nomdaffichage", "nombreparamostrar", "nomevisualizzato", "nomeparaexibição"]),
    ("usercountry", &["benutzerland", "landdesbenutzers", "paysdelutilisateur", "paísdelusuario", "paesedellutente", "paísdousuário"]),
    ("invitetime", &["einladungszeit", "heuredinvitation", "horadeinvitación", "oradiinvito", "horadoconvite"]),
    ("starttime", &["startzeit", "heurededébut", "horadeinicio", "oradiinizio", "horadeinício"]),
    ("failuretime", &["fehlerzeit", "heuredéchec", "horadeerror", "oradierrore", "horadafalha"]),
    ("endtime", &["endzeit", "heuredefin", "horadefinalización", "oradifine", "horadetérmino"]),
    ("durationseconds", &["dauersekunden", "duréesecondes", "duraciónsegundos", "duratasecondi", "duraçãosegundos"]),
    ("duration", &["dauer", "durée", "duración", "durata", "duração"]),
    ("callernumber", &["anrufernummer", "nummerdesanrufers", "numérodelappelant", "númerodelautordelallamada", "numerochiamante", "númerodochamador"]),
    ("calleenumber", &["nummerdesangerufenen", "numérodelappelé", "númerodeldestinatario", "númerodedestinatario", "numerochiamato"]),
    ("calltype", &["anruftyp", "typedappel", "tipodellamada", "tipodichiamata", "tipodechamada"]),
    ("mediabypass", &["medienumgehung", "contournementmultimédia", "omisióndemedios", "bypassmultimediale", "bypassdemídia"]),
    ("sbcfqdn", &["fqdndusbc", "fqdndesbc", "fqdndelsbc", "fqdndisbc", "fqdndosbc"]),
    ("azureregionformedia", &[
        "azureregionfürmedien", "régionazurepourlesmédias", "regióndeazureparamedios",
        "areageograficadiazureperelementimultimediali", "regiãodoazureparamídia",
    ]),
    ("azureregionforsignaling", &[
        "azureregionfürsignalisierung", "régionazurepourlasignalisation", "regióndeazureparaseñalización",
        "areadiazureperlasegnalazione", "regiãodoazureparasinalização",
    ]),
    ("eventtype", &["ereignistyp", "typedévénement", "tipodeevento", "tipodievento"]),
    ("finalsipcode", &["endgültigersipcode", "codesipfinal", "códigosipfinal", "codicesipfinale"]),
    ("finalmicrosoftsubcode", &[
        "endgültigermicrosoftuntercode", "souscodemicrosoftfinal", "subcódigofinaldemicrosoft", "subcódigodemicrosoftfinal",
        "sottocodicemicrosoftfinale", "subcódigofinaldamicrosoft",
    ]),
    ("finalsipphrase", &["endgültigersipausdruck", "phrasesipfinale", "frasesipfinal", "frasefinalesip", "frasesipfinale"]),
    ("numbertype", &["nummerntyp", "typedenuméro", "tipodenúmero", "tipodinumero"]),
    ("callid", &["anrufid", "iddappel", "iddellamada", "iddelallamada", "idchiamata", "iddachamada"]),
    ("conferenceid", &["konferenzid", "konferenzkennung", "iddeconférence", "iddeconferencia", "idconferenza", "iddeconferência"]),
    ("destinationnumber", &["zielnummer", "rufnummerdesziels", "numérodedestination", "númerodedestino", "numerodidestinazione"]),
    ("domesticinternational", &[
        "inlandsauslandsanrufe", "inlandausland", "nationalinternational", "nacionalesinternacionales", "nacionalinternacional",
        "nazionaleinternazionale", "domésticainternacional",
    ]),
    ("charge", &["gebühren", "gebühr", "frais", "cargo", "addebito", "encargo"]),
    ("currency", &["währung", "devise", "moneda", "valuta", "moeda"]),
    ("capability", &["funktion", "fonctionnalité", "funcionalidad", "capacità", "funcionalidade"]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::columns::{key, knows};
    use super::*;

    #[test]
    fn each_name_is_a_key_and_means_one_column() {
        let mut seen = BTreeSet::new();
        for (english, names) in NAMES {
            assert!(knows(english), "{english}");
            for name in *names {
                assert_eq!(key(name), *name);
                assert!(seen.insert(*name), "{name} is there twice");
                assert!(!knows(name), "{name} is English, too");
            }
        }
        assert_eq!(english("startzeit"), "starttime");
        assert_eq!(english("starttime"), "starttime");
    }
}
