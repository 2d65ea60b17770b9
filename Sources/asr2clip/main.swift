import CommandLineTool

await Entry.main(ClipCommand.self)
