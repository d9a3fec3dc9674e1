"""Fills the directory of scripts/samba.sh with people in every state that Active Directory knows, and with groups.

people.py SMB_CONF BASE PASSWORD    as root, on the files of a Samba that was just provisioned; one password for all
"""

import sys

import ldb
from samba import dsdb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

# The clients of the outages, and accounts with which wrong passwords are tried; ledger.py has the same numbers.
CLIENTS = 30
WRONG = 20

NORMAL = dsdb.UF_NORMAL_ACCOUNT
FOREVER = dsdb.UF_NORMAL_ACCOUNT | dsdb.UF_DONT_EXPIRE_PASSWD
# 1601-01-01 and a day, in 100 ns.
LONG_AGO = "864000000000"
# Lets `pwdLastSet` be other than now and never (DSDB_CONTROL_PASSWORD_BYPASS_LAST_SET_OID).
ANY_DATE = "local_oid:1.3.6.1.4.1.7165.4.3.20:0"

# Each with a part of what the preset of Openfire's setup asks for.
PEOPLE = {
    "a.schmidt": {
        "cn": "Anna Schmidt", "displayName": "Anna Schmidt", "givenName": "Anna", "sn": "Schmidt",
        "mail": "anna.schmidt@firm.example", "telephoneNumber": "+49 30 1234-56", "mobile": "+49 151 2345",
        "homePhone": "+49 30 9876", "facsimileTelephoneNumber": "+49 30 1234-99", "pager": "77",
        "title": "Head of Sales", "department": "Sales", "company": "Firm Ltd", "streetAddress": "High Street 1",
        "l": "Berlin", "postalCode": "10115", "co": "Germany", "jpegPhoto": b"\xff\xd8\xff\xe0 jpeg",
        "thumbnailPhoto": b"\xff\xd8\xff\xe0 thumbnail",
    },
    "thumb": {"cn": "Only Thumbnail", "displayName": "Only Thumbnail", "thumbnailPhoto": b"\xff\xd8\xff\xe0 thumbnail"},
    "no.display": {"cn": "No Display", "givenName": "No", "sn": "Display", "mail": "no.display@corp.example"},
    "lschulz": {"cn": "Lena Schulz", "displayName": "Lena Schulz", "userPrincipalName": "lena.schulz@corp.example"},
    "suffix": {"cn": "Other Suffix", "displayName": "Other Suffix", "userPrincipalName": "suffix@firm.example"},
    "otto mann": {"cn": "Otto Mann", "displayName": "Otto Mann"},
    "o'neil": {"cn": "Sean O'Neil", "displayName": "Sean O'Neil"},
    "müller": {"cn": "Jürgen Müller", "displayName": "Jürgen Müller"},
    "山田": {"cn": "山田 太郎", "displayName": "山田 太郎"},
    "comma": {"cn": "Schmidt, Bernd (Ext)", "displayName": "Schmidt, Bernd"},
    "slash": {"cn": "Ops/Admin", "displayName": "Ops/Admin"},
    # The states.
    "locked": {},
    "disabled": {"userAccountControl": NORMAL | dsdb.UF_ACCOUNTDISABLE},
    "account.expired": {"accountExpires": LONG_AGO},
    "must.change": {"userAccountControl": NORMAL, "pwdLastSet": "0"},
    "password.expired": {"userAccountControl": NORMAL, "pwdLastSet": LONG_AGO},
    "off.hours": {"logonHours": bytes(21)},
    "elsewhere": {"userWorkstations": "OTHERPC"},
    # Openfire's own account, and the one that shows whether the directory works.
    "svc-openfire": {},
    "svc-check": {},
}

GROUPS = {
    # sAMAccountName: members, by the names of people and of groups before
    "helpdesk": ["a.schmidt", "müller"],
    "Büro Süd": ["a.schmidt", "lschulz"],
    "it": ["lschulz", "helpdesk"],
}


def main(smb_conf, base, password):
    parameters = LoadParm()
    parameters.load(smb_conf)
    database = SamDB(session_info=system_session(), lp=parameters)
    people = dict(PEOPLE)
    for number in range(CLIENTS):
        people[f"client{number:02}"] = {"displayName": f"Client {number}", "mail": f"client{number:02}@corp.example"}
    for number in range(WRONG):
        people[f"wrong{number:02}"] = {}
    database.transaction_start()
    modify(database, base, {"lockoutThreshold": "5", "minPwdAge": "0", "pwdProperties": "0"})
    add(database, f"OU=People,{base}", {"objectClass": "organizationalUnit"})
    names = {}
    for login, attributes in people.items():
        cn = attributes.get("cn", login)
        names[login] = f"CN={escaped(cn)},OU=People,{base}"
        flags = attributes.get("userAccountControl", FOREVER)
        add(database, names[login], {
            "objectClass": "user", "sAMAccountName": login, "userPrincipalName": f"{login}@corp.example",
            **{key: value for key, value in attributes.items() if key not in ("cn", "pwdLastSet")},
            "userAccountControl": str(flags),
            "unicodePwd": f'"{password}"'.encode("utf-16-le"),
        })
        if "pwdLastSet" in attributes:
            modify(database, names[login], {"pwdLastSet": attributes["pwdLastSet"]}, [ANY_DATE])
    for group, members in GROUPS.items():
        names[group] = f"CN={escaped(group)},OU=People,{base}"
        add(database, names[group], {
            "objectClass": "group", "sAMAccountName": group, "member": [names[member] for member in members],
        })
    database.transaction_commit()


def add(database, name, attributes):
    database.add({"dn": name, **attributes})


def modify(database, name, attributes, controls=None):
    message = ldb.Message(ldb.Dn(database, name))
    for key, value in attributes.items():
        message[key] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, key)
    database.modify(message, controls)


def escaped(text):
    """For a distinguished name (RFC 4514)."""
    return "".join(f"\\{character}" if character in ',+"\\<>;=' else character for character in text)


if __name__ == "__main__":
    main(*sys.argv[1:])
