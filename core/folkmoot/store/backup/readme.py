"""What stands in README.txt of every file, for the person who opens it in ten years."""

BOTH = """\
This archive was written by Folkmoot, a platform with which public bodies consult, publish and listen.

manifest.json   what is in here: the versions that made it, its sites, how many rows each table has, how the columns
                are written, and the SHA-256 of every other part
tables/         one file for each table, one row a line, each line a JSON object
files/          what people uploaded, each under the SHA-256 of its content

Identifiers are UUIDs. Instants are in UTC and in the form of RFC 3339. Bytes are in base64. The same content gives the
same archive, byte for byte.

This archive holds personal data. Keep it where only those who need it can read it.
"""

INSTANCE = (
    BOTH
    + """
It holds everything of an instance: all sites, the accounts with the hashes of their passwords, and the hashes of API
tokens. It does not hold signed-in sessions, links that sign somebody in, or the secret key of the instance.

Put it into an empty instance of the same version:      folkmoot restore FILE
Set one site back to what is in it:                     folkmoot restore FILE --site SLUG
"""
)

SITE = (
    BOTH
    + """
It holds one site. People travel with their memberships: by email address and role, without passwords. Where the site is
imported, an account is made for each person who has none there; they sign in by a link that they ask for. Passwords,
sessions, API tokens and sign-in links are not in here. A parent body's site is not in here either, nor the link to it.

Put it into another instance of the same version:       folkmoot site import FILE
Set the site back to what is in it:                     folkmoot restore FILE --site SLUG
"""
)
