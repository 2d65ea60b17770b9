import CommandLineTool

Entry.main()
