EngineProgram.main()
