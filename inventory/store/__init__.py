"""The store: tables, repository functions, migrations; SQLAlchemy lives here."""
