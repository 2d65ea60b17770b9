import CommandLineTool

Entry.main(ClipCommand.self)
