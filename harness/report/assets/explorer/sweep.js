/* A page without an explorer: tables that can be sorted and copied. */
prepareTables();
