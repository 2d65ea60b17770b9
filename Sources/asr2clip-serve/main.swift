import CommandLineTool

Entry.main(ServeCommand.self)
