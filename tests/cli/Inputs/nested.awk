# Writes FOLDER/NAME.mlir for each line `NAME|FIRST|OPEN|MIDDLE|CLOSE|LAST`: OPEN and CLOSE as often as `times` says.
BEGIN { FS = "|" }
{
    text = $2
    for (i = 0; i < times; i++) text = text $3
    text = text $4
    for (i = 0; i < times; i++) text = text $5
    gsub(/@/, "\n", text)
    print text $6 > (folder "/" $1 ".mlir")
}
END {
    aliases = folder "/aliases.mlir"
    print "!t0 = i64" > aliases
    for (i = 0; i < times; i++) print "!t" (i + 1) " = tuple<!t" i ">" > aliases
}
