# Read by llama.cpp's CMakeLists.txt after `project()` (CMAKE_PROJECT_INCLUDE): in place of
# compiling ggml and libllama once more, the server is linked to the installed ones, so that it
# runs on the very libraries that the engine runs on.
#
# SOTTO_LIBRARIES is the folder they lie in.

macro(sotto_installed name)
    add_library(${name} SHARED IMPORTED GLOBAL)
    set_target_properties(${name} PROPERTIES
        IMPORTED_LOCATION "${SOTTO_LIBRARIES}/lib${name}${CMAKE_SHARED_LIBRARY_SUFFIX}")
    target_include_directories(${name} INTERFACE
        "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/ggml/include")
endmacro()

macro(add_subdirectory folder)
    if ("${folder}" STREQUAL "ggml")
        sotto_installed(ggml-base)
        sotto_installed(ggml)
        target_link_libraries(ggml INTERFACE ggml-base)
    elseif ("${folder}" STREQUAL "src")
        sotto_installed(llama)
        target_link_libraries(llama INTERFACE ggml)
    else()
        _add_subdirectory(${folder} ${ARGN})
    endif()
endmacro()

# Nothing is installed, and imported libraries cannot be.
function(install)
endfunction()
