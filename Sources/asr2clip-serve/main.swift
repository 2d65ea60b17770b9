import CommandLineTool

await Entry.main(ServeCommand.self)
